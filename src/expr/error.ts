/** What is wrong with a condition, in words for the one who wrote it, and where. */
export class ExprError extends Error {
  constructor(
    message: string,
    /** Offset in the text, from 0. */
    readonly position: number,
    readonly remedy: string | null = null
  ) {
    super(message);
    this.name = 'ExprError';
  }
}
