// The task of piscina's and tinypool's workers.
export default (x) => x + 1;
