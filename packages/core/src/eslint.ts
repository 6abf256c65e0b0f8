// The lint setting for code that uses operations: one that was made and not used does nothing, and is a mistake.
//
// For ESLint with typescript-eslint and type information. Data only: nothing is imported, so nothing is installed with it.

/** A piece of ESLint's configuration. */
export interface LintSetting {
  readonly name: string;
  readonly rules: Record<string, ["error", object]>;
}

/**
 * An operation (or a promise) that stands as a statement of its own is an error; starting a goroutine is none, nor is an
 * operation after `void`, which says that it is meant.
 */
export const operations: LintSetting = {
  name: "@gr/core/eslint",
  rules: {
    "@typescript-eslint/no-floating-promises": [
      "error",
      {
        // An Op is no Promise, but has its `then`.
        checkThenables: true,
        // A goroutine runs whether or not somebody joins it.
        allowForKnownSafePromises: [{ from: "package", name: "Goroutine", package: "@gr/core" }],
      },
    ],
  },
};
