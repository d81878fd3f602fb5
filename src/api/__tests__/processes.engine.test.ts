/**
 * Processes against our engine over HTTP, without JupyterLab: two small catalogues are published, combined, looked at
 * and stopped. On another PZ Server (`make test-api PZ_BASE_URL=…`) only what changes nothing is asked.
 */
import { createServices, type IProcessRequest } from '..';
import { FetchTransport } from '../transport/fetch';

const given = process.env.PZ_BASE_URL;
const base = given ? given.replace(/\/+$/, '').replace(/\/api$/, '') : process.env.TSM_ENGINE_URL!;
const token = given ? process.env.PZ_TOKEN! : process.env.TSM_ENGINE_TOKEN!;
const writing = given ? it.skip : it;

const { pz } = createServices(new FetchTransport({ base, token }));
const ended = ['Successful', 'Failed', 'Stopped'];

jest.setTimeout(180000);

/** Publish a catalogue, as the web site does: bytes can't go through the service layer. */
async function publish(name: string, rows: string): Promise<number> {
  const ask = async (method: string, path: string, body?: FormData | object) => {
    const form = body instanceof FormData;
    const answer = await fetch(`${base}/api/${path}`, {
      method,
      headers: { Authorization: `Token ${token}`, ...(form ? {} : { 'Content-Type': 'application/json' }) },
      body: form ? body : JSON.stringify(body)
    });
    expect([path, answer.status < 300]).toEqual([path, true]);
    return answer.json() as Promise<{ id: number; results: { id: number; name: string }[] }>;
  };
  const type = (await pz.types()).find(one => one.name === 'redshift_catalog')!;
  const { id } = await ask('POST', 'products/', { display_name: name, product_type: type.id, status: 0 });
  const form = new FormData();
  form.append('product', String(id));
  form.append('role', '0');
  form.append('file', new Blob([`num,ra,dec,z,flag,who\n${rows}`]), `${name}.csv`);
  await ask('POST', 'product-files/', form);
  await ask('POST', `products/${id}/registry/`, {});
  const meaning: { [column: string]: string } = {
    num: 'ID',
    ra: 'RA',
    dec: 'Dec',
    z: 'z',
    flag: 'z_flag',
    who: 'survey'
  };
  for (const column of await pz.columns(id)) {
    await pz.associate(column.id, meaning[column.name], null);
  }
  await pz.change(id, { status: 1 });
  return id;
}

async function end(id: number) {
  for (;;) {
    const process = await pz.process(id);
    if (ended.includes(process.status)) {
      return process;
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

it('tells the two pipelines with their parameters', async () => {
  const pipelines = await pz.pipelines();
  const names = pipelines.map(one => one.name);
  expect(names).toContain('training_set_maker');
  expect(names.some(name => name.startsWith('combine_redshift'))).toBe(true);
  for (const one of pipelines) {
    expect(one.accepts.length).toBeGreaterThan(0);
  }
});

it('tells the processes that are there', async () => {
  const { count, processes } = await pz.processPages(1);
  expect(processes.length).toBe(Math.min(count, 100));
});

describe('a process of one’s own', () => {
  let request: IProcessRequest;

  writing('is checked: the server tells what is wrong, and what would have no effect', async () => {
    const deep = await publish('deep', '1,150,2,0.5,4,VVDS\n2,150.1,2,0.7,3,VVDS\n');
    const wide = await publish('wide', '1,150.00001,2,0.5002,3,VVDS\n2,151,2,0.9,1,VVDS\n');
    const pipeline = (await pz.pipelines()).find(one => one.name === 'combine_redshift_dedup')!;
    request = {
      ...{ name: 'both', pipeline: pipeline.id, inputs: [deep, wide], release: null, description: '' },
      ...{ format: 'parquet', flags: null },
      param: {
        combine_type: 'concatenate_and_mark_duplicates',
        z_flag_homogenized_value_to_cut: 0,
        nonsense: 1
      }
    };
    const said = await pz.checkProcess(request);
    expect(said!.warnings.join()).toContain('nonsense');
    expect(said!.param).not.toHaveProperty('nonsense');
    const wrong = { ...request, param: { combine_type: 'sum' } };
    await expect(pz.checkProcess(wrong)).rejects.toThrow('combine_type');
    await expect(pz.submitProcess({ ...request, inputs: [2 ** 30] })).rejects.toThrow(/inputs/);
  });

  writing('runs to its product, with its log and what it was run with', async () => {
    const before = (await pz.processes()).reduce((most, { id }) => Math.max(most, id), 0);
    const made = await pz.submitProcess(request);
    expect((await pz.submitted(request, before))?.id).toBe(made.id);
    const process = await end(made.id);
    expect([process.status, process.comment]).toEqual(['Successful', null]);
    expect(process.config?.param).toMatchObject({ combine_type: 'concatenate_and_mark_duplicates' });
    expect(process.inputIds).toEqual(request.inputs);
    expect((await pz.processLogs(made.id)).pipeline).not.toBe('');
    expect(await pz.rows(process.product!)).toBe(4);
    await pz.stopProcess(made.id); // of one that has ended: nothing
    expect((await pz.process(made.id)).status).toBe('Successful');
    await pz.deleteProduct(process.product!);
  });

  writing('is stopped', async () => {
    const made = await pz.submitProcess({ ...request, name: 'stopped' });
    await pz.stopProcess(made.id);
    const process = await end(made.id);
    expect(['Stopped', 'Successful']).toContain(process.status); // it may have been quicker
    for (const id of request.inputs) {
      await pz.deleteProduct(id);
    }
  });
});
