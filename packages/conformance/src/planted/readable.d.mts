export const READABLE: string;
export function readable(name: string, write: boolean): Promise<{ readonly path: string; readonly text: string }[]>;
