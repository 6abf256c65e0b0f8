// The baseline: a process that starts, loads nothing and sleeps once.
export const programs = {
  async "million-sleepers"(n, { sleepMs }) {
    await new Promise((resolve) => setTimeout(resolve, sleepMs));
    return n;
  },
};
