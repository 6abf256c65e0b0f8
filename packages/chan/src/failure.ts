// Failure: an error on its way to an operation through its waiter's value (it could not be encoded, or decoded).

export class Failure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}
