import type { TranslationBundle } from '@jupyterlab/translation';
import type { ITableInfo } from '../table/source';
import { Copy } from './Copy';

/** How to cite the table, ready to be copied. */
export function Citation({ trans, info }: { trans: TranslationBundle; info: ITableInfo }): JSX.Element {
  return (
    <section className="tsm-Citation" aria-label={trans.__('Citation')}>
      {info.citation ? (
        <>
          <pre>{info.citation}</pre>
          <Copy trans={trans} label={trans.__('Copy citation')} text={() => info.citation!} />
        </>
      ) : (
        <p>
          {trans.__(
            'This table does not say how it is to be cited. A bundle made by a recipe carries the citations of all its inputs.'
          )}
        </p>
      )}
    </section>
  );
}
