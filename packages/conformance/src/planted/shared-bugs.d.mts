export const sharedBugs: Readonly<Record<string, readonly (readonly [string, string])[]>>;
export function fileOf(bug: string): RegExp;
export function planted(text: string, bug: string): string;
