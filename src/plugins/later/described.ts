import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import * as CommandIds from '../../commandIds';

interface IProperties {
  readonly [name: string]: ReadonlyJSONObject;
}

/** The arguments of a command, as JSON Schema. */
export function described(id: string, trans: TranslationBundle): { args: ReadonlyJSONObject } {
  const [properties, required] = argumentsOf(id, trans);
  return { args: { type: 'object', properties, ...(required ? { required } : {}) } };
}

function argumentsOf(id: string, trans: TranslationBundle): [IProperties, string[]?] {
  const isPalette = { type: 'boolean' };
  const table = {
    product: { type: ['number', 'string'], description: trans.__('Id or internal name of a product') },
    contents: { type: 'string', description: trans.__('Path in the file browser') },
    file: { type: 'string', description: trans.__('Path on the server’s disk') }
  };
  const key = { type: 'string', description: trans.__('run:ID or process:ID') };
  switch (id) {
    case CommandIds.openTable:
      return [{ ...table, name: { type: 'string', description: trans.__('What the tab is called') } }];
    case CommandIds.openFile:
      return [{ isPalette }];
    case CommandIds.upload:
      return [
        {
          contents: {
            ...table.contents,
            description: trans.__('A file or a bundle’s folder, in the file browser')
          },
          file: table.file,
          draft: { type: 'string', description: trans.__('Id of what was begun earlier') },
          product: { type: 'number', description: trans.__('Id of a product whose upload was begun') },
          name: { type: 'string', description: trans.__('What the product is called') },
          description: { type: 'string', description: trans.__('What it is, in Markdown') },
          isPalette
        }
      ];
    case CommandIds.publicCatalogues:
      return [{ entry: { type: 'string', description: trans.__('Id of a catalogue in the registry') } }];
    case CommandIds.openProduct:
      return [{ product: table.product, isPalette }];
    case CommandIds.compare: {
      const properties = {
        ...table,
        condition: { type: 'string', description: trans.__('Which of its rows; all, if left out') },
        label: { type: 'string', description: trans.__('What they are called') }
      };
      return [
        {
          a: { type: 'object', description: trans.__('The one: the current table, if left out'), properties },
          b: { type: 'object', description: trans.__('The other: the rest, if left out'), properties },
          where: { type: 'string', description: trans.__('A condition on both') },
          id: { type: 'string', description: trans.__('Id of the tab') },
          isPalette
        }
      ];
    }
    case CommandIds.newRecipe:
      return [
        {
          cwd: { type: 'string', description: trans.__('Folder of the new file') },
          isPalette,
          isLauncher: { type: 'boolean' }
        }
      ];
    case CommandIds.addInput:
      return [
        {
          ...table,
          source: {
            type: 'object',
            description: trans.__('The input as a recipe writes it: from, survey, columns')
          },
          name: { type: 'string', description: trans.__('A name for the input') },
          condition: { type: 'string', description: trans.__('Rows for which it is not true are left out') },
          roles: { type: 'object', description: trans.__('Columns with a known meaning, by role') },
          fresh: { type: 'boolean', description: trans.__('Into a new recipe, and not the current one') }
        }
      ];
    case CommandIds.decide: {
      const kind = { enum: ['prefer', 'exclude'], description: trans.__('What the row does') };
      const rowId = { type: 'string', description: trans.__('Its row_id') };
      const reason = { type: 'string', description: trans.__('Why, for those who read the recipe') };
      const where = { type: 'object', description: trans.__('The table of the result'), properties: table };
      return [{ kind, rowId, reason, table: where }, ['kind', 'rowId', 'reason', 'table']];
    }
    case CommandIds.openJob:
    case CommandIds.stopJob:
      return [{ key }, ['key']];
    case CommandIds.newProcess:
      return [
        {
          pipeline: { type: 'string', description: trans.__('Name of the pipeline') },
          product: { type: 'number', description: trans.__('Id of an input') },
          again: { type: 'number', description: trans.__('Id of a process to begin with') },
          isPalette
        }
      ];
    case CommandIds.openProcess:
      return [
        {
          process: { type: 'number', description: trans.__('Id of a process') },
          view: { enum: ['process', 'new', 'list'], description: trans.__('What to show') }
        }
      ];
    case CommandIds.openFolder:
      return [
        { file: { type: 'string', description: trans.__('Path of a folder on the server’s disk') } },
        ['file']
      ];
    default:
      return [{}];
  }
}
