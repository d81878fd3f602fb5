/** Split methods that are previewed in the browser beside `random` and `kfold`: those that other packages add. */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

/** A split method's preview in the browser: the same parts as its Python gives, while a slider moves. */
export interface ISplitPreviewer {
  /** The method's name in recipes. */
  readonly method: string;
  /**
   * The place of each row's part in `parts`, -1 for unused. Keys are those that the split goes by; positions,
   * redshifts and magnitudes are NaN (or absent) where the table has none.
   */
  assign(
    rows: {
      readonly key: BigInt64Array;
      readonly redshift?: Float32Array;
      readonly magnitude?: Float32Array;
      readonly ra?: Float32Array;
      readonly dec?: Float32Array;
    },
    parts: readonly (readonly [name: string, share: number])[],
    seed: number,
    options: { readonly [name: string]: unknown }
  ): Int8Array;
}

const known = new Map<string, ISplitPreviewer>();

/** The previewer of a method, if there is one. */
export function previewerOf(method: string): ISplitPreviewer | null {
  return known.get(method) ?? null;
}

/** Preview a method in the browser, until it is taken back. */
export function addPreviewer(previewer: ISplitPreviewer): IDisposable {
  known.set(previewer.method, previewer);
  return new DisposableDelegate(() => {
    if (known.get(previewer.method) === previewer) {
      known.delete(previewer.method);
    }
  });
}
