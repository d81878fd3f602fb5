/** @jest-environment jsdom */
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import { UnreachableError } from '../../../api';
import { ProcessForm } from '../form';
import { ProcessList } from '../list';
import { ProcessesModel } from '../listModel';
import { ProcessPage } from '../process';
import { ProcessModel } from '../processModel';
import { COMBINE, form, MemoryDrafts, process, trans } from './fixture';

const server = async () => ({ url: '', name: 'this machine', kind: 'engine' });

async function shownForm(change: Parameters<typeof form>[0] = {}) {
  const made = form(change);
  const actions = {
    ...{ openProduct: jest.fn(), showProcesses: jest.fn(), started: jest.fn(), copy: jest.fn() },
    chooseFlags: jest.fn(async () => 'work/rules.yaml')
  };
  render(<ProcessForm model={made.model} trans={trans} actions={actions} />);
  await act(() => made.model.load());
  return { ...made, actions };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name }) as HTMLButtonElement;

describe('the form', () => {
  it('is filled in, checked as one types, and sent', async () => {
    const { backend, actions } = await shownForm();
    fireEvent.click(screen.getByRole('radio', { name: /Combine Redshift Catalogs/ }));
    expect(button('Run').disabled).toBe(true);
    expect(screen.getByRole('region', { name: 'Before it is sent' }).textContent).toContain(
      'The product needs a name.'
    );
    fireEvent.change(screen.getByRole('textbox', { name: 'Name *' }), { target: { value: 'both' } });
    await act(async () => {
      fireEvent.click(screen.getByRole('checkbox', { name: /^VVDS/ }));
      fireEvent.click(screen.getByRole('checkbox', { name: /^VIPERS/ }));
    });
    expect(screen.getByRole('list', { name: 'Chosen catalogues' }).textContent).toContain('z_flag: Z_FLAG');
    const cut = screen.getByRole('combobox', { name: 'Homogenized flag' });
    const option = within(cut).getByRole('option', { name: /^4 or more/ }) as HTMLOptionElement;
    fireEvent.change(cut, { target: { value: option.value } });
    await act(async () => void fireEvent.click(button('Choose …')));
    expect((screen.getByRole('textbox', { name: 'File of rules' }) as HTMLInputElement).value).toBe(
      'work/rules.yaml'
    );
    expect(screen.getByRole('region', { name: 'Before it is sent' }).textContent).toContain(
      'Nothing is missing'
    );
    await act(async () => void fireEvent.click(button('Run')));
    expect(backend.submitProcess.mock.calls[0][0]).toMatchObject({
      ...{ name: 'both', inputs: [4, 5], flags: 'work/rules.yaml' },
      param: { z_flag_homogenized_value_to_cut: 4, combine_type: 'concatenate' }
    });
    expect(actions.started).toHaveBeenCalledWith(expect.objectContaining({ id: 9 }));
  });

  it('offers what the release has, and says what is ignored or surprising', async () => {
    await shownForm();
    const fluxes = screen.getByRole('combobox', { name: 'Flux type' });
    expect(
      within(fluxes)
        .getAllByRole('option')
        .map(one => one.textContent)
    ).toContain('cModel');
    expect(within(fluxes).queryByRole('option', { name: 'GAaP' })).toBeNull(); // not to be had yet
    const magnitudes = screen.getByRole('checkbox', { name: 'Magnitudes' }) as HTMLInputElement;
    expect([magnitudes.checked, magnitudes.disabled]).toEqual([true, true]);
    const text = document.body.textContent!;
    expect(text).toContain('LSST DP1 is there in magnitudes only.');
    expect(text).toContain('A PZ Server corrects nothing by itself.');
    expect(text).toContain('of several a PZ Server would use only the last');
    expect(text).toContain('duplicate_criteria');
    const seed = screen.getByRole('textbox', { name: 'Seed' }) as HTMLInputElement;
    expect(seed.value).toMatch(/^\d+$/);
    fireEvent.change(seed, { target: { value: '' } });
    expect(document.body.textContent).toContain('Without a seed the split can’t be made again.');
    fireEvent.click(button('Draw another'));
    expect(seed.value).toMatch(/^\d+$/);
  });

  it('sends an empty list where a list is emptied', async () => {
    const { model } = await shownForm();
    const columns = screen.getByRole('textbox', { name: 'Columns of the objects' });
    for (const [text, value] of [
      ['objectId, i_psfFlux', ['objectId', 'i_psfFlux']],
      ['', []]
    ] as const) {
      fireEvent.change(columns, { target: { value: text } });
      fireEvent.blur(columns);
      expect(model.draft.values.training_set_maker.selected_cols).toEqual(value);
    }
  });

  it('tells what the server would ignore before it is sent', async () => {
    const said = { param: { ...COMBINE.parameters }, warnings: [] };
    const { model, backend } = await shownForm({ checkProcess: async () => said });
    await act(async () => {
      model.change({ pipeline: COMBINE.name, name: 'both', inputs: [4, 5] });
    });
    await act(async () => void fireEvent.click(button('Run')));
    expect(screen.getByRole('alert').textContent).toContain('tie_treatment_option = remove_all was ignored.');
    await act(async () => void fireEvent.click(button('Run all the same')));
    expect(backend.submitProcess).toHaveBeenCalledTimes(1);
  });

  it('complains of what is no YAML, and sends none of it', async () => {
    const { model } = await shownForm();
    await act(async () => model.change({ pipeline: COMBINE.name, name: 'both', inputs: [4, 5] }));
    const field = screen.getByRole('textbox', { name: 'More columns' });
    fireEvent.change(field, { target: { value: '{mag_i: ' } });
    fireEvent.blur(field);
    expect(screen.getByRole('region', { name: 'Before it is sent' }).textContent).toContain(
      'More columns is not readable as YAML.'
    );
    expect(button('Run').disabled).toBe(true);
    fireEvent.change(field, { target: { value: '{mag_i: float}' } });
    fireEvent.blur(field);
    expect(model.draft.values[COMBINE.name].extra_columns).toEqual({ mag_i: 'float' });
  });

  it('has its other states: coming, trouble, a server that runs nothing', async () => {
    const gone = () => Promise.reject(new UnreachableError('No answer.', 'Is it running?'));
    const { backend, model } = await shownForm({ pipelines: jest.fn(gone) });
    expect(screen.getByRole('alert').textContent).toContain('What you had entered is kept.');
    backend.pipelines.mockResolvedValue([]);
    await act(async () => void fireEvent.click(button('Try again')));
    expect(screen.getByText('This server runs no processes.')).toBeTruthy();
    model.dispose();
  });
});

describe('the page of a process', () => {
  const actions = { openProduct: jest.fn(), again: jest.fn(), showProcesses: jest.fn(), copy: jest.fn() };
  const page = async (one = process(), trouble = false) => {
    const backend = {
      ...{
        server,
        process: async () => one,
        files: async () => [],
        stopProcess: jest.fn(async () => undefined)
      },
      processLogs: async () => ({ pipeline: 'line one\nline two', scheduler: 'slurm says' })
    };
    if (trouble) {
      backend.process = () => Promise.reject(new UnreachableError('No answer.'));
    }
    const now = () => Date.parse('2026-11-23T10:00:47Z');
    const model = new ProcessModel({ id: 9, backend, drafts: new MemoryDrafts(), auto: false, now });
    render(<ProcessPage model={model} trans={trans} actions={actions} />);
    await act(() => model.refresh());
    return { model, backend };
  };

  it('says how far it is, what was used, and shows the log', async () => {
    const { backend } = await page(process({ progress: 0.41, stage: 'combining' }));
    const text = document.body.textContent!;
    expect(text).toContain('running, 41 %');
    expect(text).toContain('combining · 42 s so far');
    expect(screen.getByRole('progressbar', { name: 'both' })).toBeTruthy();
    expect(screen.getByRole('row', { name: 'flags_translation_file flags_translation.yaml' })).toBeTruthy();
    expect(text).toContain('as the server has it today');
    const log = screen.getByRole('region', { name: 'Text of the log' });
    expect(log.textContent).toBe('line one\nline two');
    fireEvent.change(screen.getByRole('combobox', { name: 'Which log' }), { target: { value: 'scheduler' } });
    expect(log.textContent).toBe('slurm says');
    fireEvent.click(button('VVDS'));
    expect(actions.openProduct).toHaveBeenCalledWith(4);
    await act(async () => void fireEvent.click(button('Stop')));
    expect(backend.stopProcess).toHaveBeenCalledWith(9);
  });

  it('of somebody else offers no stop', async () => {
    await page(process({ isOwner: false, canStop: false, owner: 'bob' }));
    expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
  });

  it('that failed says why and can be tried again', async () => {
    await page(process({ status: 'Failed', comment: 'No overlap.', ended: '2026-11-23T10:00:10Z' }));
    expect(screen.getByRole('alert').textContent).toContain('No overlap.');
    expect(document.body.textContent).toContain('took 5 s');
    fireEvent.click(button('Try again …'));
    expect(actions.again).toHaveBeenCalledWith(9);
  });

  it('that can’t be asked for says so', async () => {
    await page(process(), true);
    expect(screen.getByRole('alert').textContent).toContain('No answer.');
  });
});

describe('the list', () => {
  const actions = { open: jest.fn(), openProduct: jest.fn(), again: jest.fn(), create: jest.fn() };
  const list = async (pages: () => Promise<{ count: number; processes: ReturnType<typeof process>[] }>) => {
    const backend = { server, processPages: jest.fn(pages), stopProcess: jest.fn(async () => undefined) };
    const keeper = { read: () => ({}), write: () => undefined };
    const model = new ProcessesModel({ backend, keeper, auto: false, now: () => 1000 });
    render(<ProcessList model={model} trans={trans} actions={actions} />);
    await act(() => model.refresh());
    return { model, backend };
  };

  it('opens, stops and repeats processes', async () => {
    const done = process({ id: 8, name: 'old', status: 'Successful', ended: '2026-11-23T10:02:05Z' });
    const { backend } = await list(async () => ({ count: 2, processes: [process(), done] }));
    fireEvent.click(button('both'));
    expect(actions.open).toHaveBeenCalledWith(9);
    fireEvent.click(button('Open old'));
    expect(actions.openProduct).toHaveBeenCalledWith(26);
    fireEvent.click(button('Again … old'));
    expect(actions.again).toHaveBeenCalledWith(8);
    expect(screen.getByRole('row', { name: /old/ }).textContent).toContain('2 min');
    await act(async () => void fireEvent.click(button('Stop both')));
    expect(backend.stopProcess).toHaveBeenCalledWith(9);
  });

  it('that is empty says what to do', async () => {
    await list(async () => ({ count: 0, processes: [] }));
    fireEvent.click(screen.getAllByRole('button', { name: 'New process' })[1]);
    expect(actions.create).toHaveBeenCalled();
  });

  it('keeps what it knew while the server is away, and says since when', async () => {
    let lost = false;
    const { model } = await list(async () =>
      lost ? Promise.reject(new UnreachableError('No answer.')) : { count: 1, processes: [process()] }
    );
    lost = true;
    await act(() => model.refresh());
    expect(screen.getByRole('alert').textContent).toContain('Not reached since');
    expect(button('both')).toBeTruthy();
  });
});
