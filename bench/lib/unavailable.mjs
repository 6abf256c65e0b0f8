/** Thrown by a program that cannot run here: its side is left out, with a line that says why. */
export class Unavailable extends Error {
  name = "Unavailable";
}
