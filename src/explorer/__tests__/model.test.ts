import type { ICategoriesResult, IHistogramResult } from '../../table/requests';
import type { IWindow, IWindowRequest } from '../../table/source';
import { MemorySource } from '../../table';
import { pythonOf } from '../code';
import type { ExplorerModel } from '../model';
import { ROLES, catalogue, explorerModel, source } from './data';

/** Resolves when the rows on show are those of the condition. */
async function rowsFor(model: ExplorerModel, where: string): Promise<void> {
  while (model.windows.query.where !== where || model.windows.total === null) {
    await new Promise<void>(resolve => {
      const slot = () => {
        model.windows.changed.disconnect(slot);
        resolve();
      };
      model.windows.changed.connect(slot);
    });
  }
}

describe('an explorer', () => {
  it('opens with n(z), sky, magnitude against redshift, and flags', async () => {
    const model = await explorerModel();
    expect(model.views.map(view => view.kind)).toEqual(['histogram', 'sky', 'density', 'categories']);
    expect(model.views[0]).toMatchObject({ column: 'redshift', by: 'survey' });
    expect(model.views[2]).toMatchObject({ x: 'i_mag', y: 'redshift' });
    expect(model.views[3]).toMatchObject({ column: 'z_flag' });
    expect((model.result!.views.nz as IHistogramResult).total).toBe(600);
    expect(model.passed).toBe(600);
    model.dispose();
  });

  it('asks for the description, then rows, and only the columns that are drawn', async () => {
    const asked: string[] = [];
    class Watched extends MemorySource {
      override async info() {
        asked.push('info');
        return super.info();
      }
      override async window(request: IWindowRequest): Promise<IWindow> {
        asked.push('window');
        return super.window(request);
      }
      override async columns(names: string[]) {
        asked.push(`columns ${names.join()}`);
        return super.columns(names);
      }
    }
    const model = await explorerModel(new Watched(catalogue(), { roles: ROLES }));
    expect(asked).toEqual([
      'info',
      'window',
      ...['redshift', 'survey', 'ra', 'dec', 'i_mag', 'z_flag'].map(name => `columns ${name}`)
    ]);
    model.dispose();
  });

  it('filters the other views and the rows by a brush, and says it as a condition', async () => {
    const model = await explorerModel();
    model.selection.setRange('redshift', [1, 2]);
    await model.idle();
    expect(model.selection.text).toBe('redshift BETWEEN 1 AND 2');
    expect(model.passed).toBe(201);
    const flags = model.result!.views.flags as ICategoriesResult;
    expect(flags.passed.reduce((sum, count) => sum + count, 0)).toBe(201);
    await rowsFor(model, 'redshift BETWEEN 1 AND 2');
    expect(model.windows.total).toBe(201);
    expect(model.windows.value(0, 'redshift')).toBe(1);
    model.dispose();
  });

  it('applies a typed condition over columns that no view shows', async () => {
    const model = await explorerModel();
    model.selection.setText("row_id <= 9007199254740995 AND survey <> 'DESI'");
    await model.idle();
    expect(model.passed).toBe(2);
    model.dispose();
  });

  it('counts the last of many brushes', async () => {
    const model = await explorerModel();
    for (let i = 0; i < 20; i++) {
      model.selection.setRange('redshift', [0, i / 10]);
    }
    await model.idle();
    expect(model.passed).toBe(381);
    model.dispose();
  });

  it('keeps the rows when the plots cannot be had, and says why', async () => {
    class Broken extends MemorySource {
      override async columns(): Promise<Uint8Array> {
        throw Object.assign(new Error('the engine stopped'), { remedy: 'Start it again.' });
      }
    }
    const model = await explorerModel(new Broken(catalogue(), { roles: ROLES }));
    expect(model.plotTrouble).toEqual({ message: 'the engine stopped', remedy: 'Start it again.' });
    expect(model.trouble).toBeNull();
    expect(model.windows.total).toBe(600);
    model.dispose();
  });

  it('says why a table cannot be opened', async () => {
    class Gone extends MemorySource {
      override async info(): Promise<never> {
        throw new Error('data/vvds.parquet is not there any more.');
      }
    }
    const model = await explorerModel(new Gone(catalogue()));
    expect(model.trouble?.message).toContain('not there');
    model.dispose();
  });

  it('asks for a column where the table does not say which', async () => {
    const model = await explorerModel(source({ roles: {} }));
    const view = model.views[0];
    expect(view).toMatchObject({ kind: 'histogram', column: null });
    expect(model.result?.views.nz).toBeUndefined();
    if (view.kind === 'histogram') {
      model.setView({ ...view, column: 'redshift' });
    }
    await model.idle();
    expect((model.result!.views.nz as IHistogramResult).total).toBe(600);
    model.dispose();
  });

  it('zooms the sky to what passes, and back', async () => {
    const model = await explorerModel();
    model.selection.setText('ra BETWEEN 53 AND 53.02 AND dec BETWEEN -28 AND -27.98');
    await model.idle();
    await model.zoom('sky', 'passing');
    await model.idle();
    const width = () => {
      const sky = model.result!.views.sky;
      return sky.kind === 'sky' ? sky.frame.x[1] - sky.frame.x[0] : NaN;
    };
    const near = width();
    await model.zoom('sky', 'data');
    await model.idle();
    expect(near).toBeLessThan(width() / 3);
    model.dispose();
  });

  it('opens a row with all its columns', async () => {
    const model = await explorerModel();
    await model.openRow(2);
    expect(model.open?.values?.get('row_id')).toBe(9007199254740995n);
    model.dispose();
  });

  it('opens a row that does not pass', async () => {
    const model = await explorerModel();
    const { values } = (await model.openRow(2), model.open!);
    model.selection.setText('redshift > 1');
    await model.openOther(values!);
    expect(model.open).toMatchObject({ row: null, values, trouble: null });
    model.closeRow();
    expect(model.open).toBeNull();
    model.dispose();
  });

  it('gives the selection as Python', async () => {
    const model = await explorerModel();
    expect(pythonOf(model.info!, "survey = 'VVDS'")).toContain(`expr.mask("survey = 'VVDS'", table)`);
    expect(pythonOf(model.info!, '"i mag" < 23')).toContain(`expr.mask('"i mag" < 23', table)`);
    model.dispose();
  });

  it('gives Python that reads the table from where it is', async () => {
    const model = await explorerModel();
    const info = model.info!;
    expect(pythonOf(info, '')).toBe(
      'from pz_tsm import sources\n\ntable = sources.read_table("data/vvds.parquet")\n'
    );
    expect(pythonOf({ ...info, sampled: { of: 9000 } }, 'z_flag = 4')).toContain('a sample of 9000 rows');
    const kernel = pythonOf({ ...info, id: 'kernel' }, 'z_flag = 4');
    expect(kernel).toMatch(/^from pz_tsm import expr\n\ntable = view.table {2}#.*\nselection = /);
    expect(kernel).not.toContain('sources');
    model.dispose();
  });
});
