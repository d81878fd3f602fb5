/** Processes on a server that misbehaves as the real one does (rows “Guard” of its contract, section 14). */
import { Client } from '../client';
import { AnswerError, UnreachableError } from '../errors';
import { createPzService, type IProcessRequest, refusal } from '../pzserver';
import { FakeTransport, type IFakeAnswer } from './fake';
import { PRODUCT } from './product';

export const PROCESS = {
  id: 9,
  release: null,
  release_name: null,
  pipeline_name: 'combine_redshift_dedup',
  pipeline_version: '1.0.7',
  owned_by: 'ana',
  is_owner: true,
  provenance_inputs: [PRODUCT],
  used_config: { param: { combine_type: 'concatenate' }, output_format: 'parquet' },
  display_name: 'both',
  created_at: '2026-11-23T02:57:10.848009Z',
  started_at: null,
  ended_at: null,
  status: 'Pending',
  comment: null,
  pipeline: 2,
  upload: 26,
  inputs: [4]
};

const REQUEST: IProcessRequest = {
  name: 'both',
  pipeline: 2,
  inputs: [4, 5],
  release: null,
  description: '',
  format: 'fits',
  param: { combine_type: 'concatenate' },
  flags: null
};

function server(answer: (path: string, method: string, query: Record<string, unknown>) => IFakeAnswer) {
  const transport = new FakeTransport((path, { method, query }) => ({
    headers: { 'X-TSM-Origin': 'upstream' },
    ...answer(path, method ?? 'GET', query ?? {})
  }));
  return { pz: createPzService(new Client(transport)), transport };
}

const list = (results: object[], count = results.length): IFakeAnswer => ({ json: { count, results } });

it('lists are read page by page and never searched: the real server answers that with an error (Q2, Q13)', async () => {
  const { pz, transport } = server((_, __, { page }) => {
    const first = 250 - 100 * (Number(page) - 1);
    return list(
      Array.from({ length: Math.min(100, first) }, (_, i) => ({ ...PROCESS, id: first - i })),
      250
    );
  });
  const { count, processes } = await pz.processPages(2);
  expect([count, processes.length, processes[0].id]).toEqual([250, 200, 250]);
  expect((await pz.processPages(9)).processes).toHaveLength(250);
  for (const { request } of transport.asked) {
    expect(Object.keys(request.query!).sort()).toEqual(['ordering', 'page', 'page_size']);
  }
});

it('one process whose configuration is text, or missing, spoils no list', async () => {
  const { pz } = server(() =>
    list([
      { ...PROCESS, used_config: '{"param": {"z": 1}}' },
      { ...PROCESS, id: 8, used_config: "{'param': None}" },
      { ...PROCESS, id: 7, used_config: null, comment: 'refused' }
    ])
  );
  const { processes } = await pz.processPages(1);
  expect(processes.map(one => one.config)).toEqual([{ param: { z: 1 } }, null, null]);
});

it('anybody could stop anybody’s process: only its owner and administrators may here (Q5)', async () => {
  const { pz } = server(() =>
    list([
      PROCESS,
      { ...PROCESS, id: 8, is_owner: false },
      { ...PROCESS, id: 7, is_owner: false, can_update: true }
    ])
  );
  expect((await pz.processes()).map(one => one.canStop)).toEqual([true, false, true]);
});

it('is stopped with a POST, and with a GET only where a PZ Server itself takes nothing else (Q18)', async () => {
  const { pz, transport } = server((_, method) =>
    method === 'POST' ? { status: 405, json: { detail: 'Method "POST" not allowed.' } } : { json: PROCESS }
  );
  await pz.stopProcess(9);
  expect(transport.asked.map(({ request }) => request.method ?? 'GET')).toEqual(['POST', 'GET']);

  const ours = server(() => ({ status: 405, json: {}, headers: { 'X-TSM-Origin': 'proxy' } }));
  await expect(ours.pz.stopProcess(9)).rejects.toBeInstanceOf(AnswerError);
  expect(ours.transport.asked).toHaveLength(1);
});

it('a pipeline whose parameters nobody has filled in has none', async () => {
  const raw = { id: 1, name: 'training_set_maker', display_name: 'Training Set Maker', system_config: null };
  const { pz } = server(() => list([raw]));
  expect(await pz.pipelines()).toMatchObject([{ parameters: null, accepts: [] }]);
});

describe('submission', () => {
  it('says the format at the top, where every server reads it, and not among the parameters (Q34)', async () => {
    const { pz, transport } = server(() => ({ status: 201, json: PROCESS }));
    const made = await pz.submitProcess(REQUEST);
    expect([made.id, made.product, made.pipelineId, made.inputIds]).toEqual([9, 26, 2, [4]]);
    expect(JSON.parse(JSON.stringify(transport.asked[0].request.json))).toEqual({
      display_name: 'both',
      pipeline: 2,
      inputs: [4, 5],
      output_format: 'fits',
      used_config: { param: { combine_type: 'concatenate' } }
    });
  });

  it('names a flag rules file by its path: its bytes go from server to server', async () => {
    const { pz, transport } = server(() => ({ status: 201, json: PROCESS }));
    await pz.submitProcess({ ...REQUEST, flags: 'work/rules.yaml' });
    expect(transport.asked[0].request.json).toMatchObject({
      flags_translation_file: { contents: 'work/rules.yaml' }
    });
  });

  it('refused with a printed Python dictionary is told in plain words (Q14)', async () => {
    const text =
      "{'success': False, 'message': \"[config loader] 1 validation error for Config\\nparam.train_fraction\\n" +
      "  Input should be a valid number, unable to parse string as a number [type=float_parsing, input_value='abc'," +
      ' input_type=str]\\n    For further information visit https://errors.pydantic.dev/2.9/v/float_parsing",' +
      " 'response_object': <Response [500]>, 'status_code': 500, 'data': ''}";
    const { pz } = server(() => ({ status: 500, json: { error: text } }));
    const error = await pz.submitProcess(REQUEST).catch(e => e);
    expect(error).toBeInstanceOf(AnswerError);
    expect(error.message).toBe(
      'param.train_fraction: Input should be a valid number, unable to parse string as a number'
    );
    expect(error.remedy).toMatch(/Correct the parameter/);
  });

  it('refused because of a file’s name says what to do, without the server’s folders (Q7)', () => {
    const { message, remedy } = refusal('file not found: /archive/data/redshift_catalog/4_mine/my cat.csv');
    expect(message).toContain('“my cat.csv”');
    expect(message).not.toContain('/archive');
    expect(remedy).toMatch(/plain name/);
  });

  it('refused with a page of HTML is told in words (Q13)', async () => {
    const { pz } = server(() => ({
      status: 500,
      text: '<h1>Server Error (500)</h1>',
      headers: { 'content-type': 'text/html', 'X-TSM-Origin': 'upstream' }
    }));
    await expect(pz.submitProcess(REQUEST)).rejects.toThrow('Starting the process: the server answered');
  });

  it('whose answer was lost can be looked for: one’s own, newer, of that name', async () => {
    const { pz } = server(() =>
      list([
        { ...PROCESS, id: 12, is_owner: false },
        { ...PROCESS, id: 11, pipeline: 1 },
        { ...PROCESS, id: 10, display_name: 'other' },
        PROCESS
      ])
    );
    expect(await pz.submitted(REQUEST, 9)).toBeNull();
    expect((await pz.submitted(REQUEST, 8))?.id).toBe(9);
  });

  it('to a server that never answers is given up, and it is said that it may have been made (Q41)', async () => {
    jest.useFakeTimers();
    try {
      const silent = new Client({
        send: (_, request) =>
          new Promise((_resolve, reject) => {
            request!.signal!.addEventListener('abort', () => reject(request!.signal!.reason));
          })
      });
      const asked = createPzService(silent)
        .submitProcess(REQUEST)
        .catch((e: unknown) => e);
      await jest.advanceTimersByTimeAsync(181_000);
      const error = (await asked) as UnreachableError;
      expect(error).toBeInstanceOf(UnreachableError);
      expect(error.remedy).toMatch(/list of processes/);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('a check before', () => {
  it('is not to be had from the real server, which is no failure', async () => {
    for (const status of [404, 405]) {
      const { pz } = server(() => ({ status, json: { detail: 'Not found.' } }));
      expect(await pz.checkProcess(REQUEST)).toBeNull();
    }
  });

  it('says what would be used, and what would have no effect (Q15)', async () => {
    const warnings = ["Parameter 'duplicate_criteria' is not known and has no effect."];
    const { pz, transport } = server(() => ({ json: { used_config: { param: { a: 1 } }, warnings } }));
    expect(await pz.checkProcess({ ...REQUEST, flags: 'x.yaml' })).toEqual({ param: { a: 1 }, warnings });
    expect(JSON.stringify(transport.asked[0].request.json)).not.toContain('flags_translation_file');
  });
});
