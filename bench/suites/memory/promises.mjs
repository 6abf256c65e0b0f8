const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const programs = {
  async "million-sleepers"(n, { sleepMs }) {
    let done = 0;
    const task = async () => {
      await sleep(sleepMs);
      done++;
    };
    const tasks = [];
    for (let i = 0; i < n; i++) tasks.push(task());
    await Promise.all(tasks);
    return done;
  },
};
