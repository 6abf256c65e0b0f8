export const page = (result) => JSON.stringify(result);
