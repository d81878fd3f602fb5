/** What went wrong, and what to do about it. */
export interface ITrouble {
  readonly message: string;
  readonly remedy: string | null;
}

/** An error in words; those of the engine bring their remedy along. */
export function troubleOf(error: unknown): ITrouble {
  const remedy = (error as { remedy?: unknown } | null)?.remedy;
  return {
    message: error instanceof Error ? error.message : String(error),
    remedy: typeof remedy === 'string' ? remedy : null
  };
}
