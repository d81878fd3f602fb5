/** Help for fields whose description tells how they are written in a recipe, where the form writes them itself. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IField } from './schema';

/** Undefined: the description of the schema will do; empty: the field explains itself. */
export function helpOf(
  operation: string,
  { name, kind }: IField,
  trans: TranslationBundle
): string | undefined {
  switch (kind) {
    case 'criteria':
      return trans.__(
        'The first criterion in which two rows differ decides; a column or an expression. Rows that are equal in all of them: the better survey, the smaller separation from the centre, the first row_id.'
      );
    case 'decisions':
      return trans.__(
        'Rows that you judged yourself. A preferred row wins its object, also over a conflict; a row left out counts in nothing.'
      );
    case 'release':
      return trans.__('The catalogue of objects, and the profile that says what its columns are.');
    case 'columns':
      return trans.__('What is taken along of each object, besides its id and position.');
    case 'method':
    case 'options':
    case 'place':
      return '';
    default:
      return wordsOf(`${operation} ${name}`, trans);
  }
}

function wordsOf(field: string, trans: TranslationBundle): string | undefined {
  switch (field) {
    case 'combine errors':
      return trans.__(
        'Positions must also be close for their errors: within so many sigma of both errors, plus a floor.'
      );
    case 'match errors':
      return trans.__(
        'A column of the table, or one number for each survey. The release’s own errors are used where it has them.'
      );
    case 'match pz_server':
      return trans.__('Which of the server’s catalogues of the release is taken; they were made beforehand.');
    case 'match shift':
      return trans.__(
        'Added to the positions of a survey before its objects are looked for. The plan measures the offset of each survey.'
      );
    case 'match unmatched':
      return trans.__(
        'They leave the table, counted by reason; or they stay, not best, with the reason beside them. A split leaves them out.'
      );
    case 'cap cells':
      return trans.__('Columns, or expressions of columns, and how wide their cells are.');
    case 'cap surveys':
      return trans.__('Rows of the survey in a cell, at most.');
    default:
      return undefined;
  }
}
