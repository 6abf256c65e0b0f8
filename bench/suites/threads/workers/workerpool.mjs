import workerpool from "workerpool";

workerpool.worker({ increment: (x) => x + 1 });
