/** What programs send most: a few fields, a short text, a short list. */
export const smallObject = () => ({ id: 17, name: "gopher", price: 9.5, tags: ["a", "b", "c"], open: true });
