/** Processes of the PZ Server: what can be run, what runs, what ran, what came out of what. */
import type { Client } from './client';
import { AnswerError, UnreachableError } from './errors';
import type { components } from './generated/openapi';
import { readAll } from './pzserver-lists';
import { type IProduct, toProduct } from './pzserver-products';
import { checkList, checkPipeline, checkProcess, checkProduct } from './validate';

export type ProcessStatus =
  'Pending' | 'Queued' | 'Running' | 'Stopping' | 'Stopped' | 'Successful' | 'Failed';

export interface IProcess {
  readonly id: number;
  readonly name: string;
  readonly pipeline: string;
  readonly status: ProcessStatus;
  readonly owner: string;
  readonly isOwner: boolean;
  /** Its owner or an administrator; the real server would let anybody. */
  readonly canStop: boolean;
  readonly product: number | null;
  readonly created: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly comment: string | null;
  /** 0 to 1 where the server tells (ours does). */
  readonly progress: number | null;
  readonly stage: string | null;
  /** Place in the queue, 1 comes next, where the server tells. */
  readonly position: number | null;
}

/** A process with what went into it. */
export interface IProcessDetail extends IProcess {
  readonly pipelineId: number | null;
  /** Of the pipeline: the real server tells the present one, not that of the run. */
  readonly version: string;
  readonly release: string | null;
  readonly releaseId: number | null;
  /** Inputs that we may see, and the ids of all. */
  readonly inputs: readonly IProduct[];
  readonly inputIds: readonly number[];
  /** What it was run with; null where the server does not tell. */
  readonly config: Settings | null;
  /** What the server says about the request or the result. */
  readonly warnings: readonly string[];
  /** Versions at run time, where the server keeps them. */
  readonly software: { readonly [name: string]: string };
}

/** Values as JSON has them. */
export interface Settings {
  readonly [name: string]: unknown;
}

export interface IPipeline {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly description: string;
  /** Its parameters and their defaults; null before an administrator has filled them in. */
  readonly parameters: Settings | null;
  readonly outputFormat: string | null;
  /** Ids of product types. */
  readonly accepts: readonly number[];
}

/** A process to be run. */
export interface IProcessRequest {
  readonly name: string;
  readonly pipeline: number;
  readonly inputs: readonly number[];
  readonly release: number | null;
  readonly description: string;
  /** Null: the input's, or what the pipeline takes by itself. */
  readonly format: string | null;
  readonly param: Settings;
  /** Path of a flag rules file in the file browser. */
  readonly flags: string | null;
}

/** What a server says to a request that is not sent yet. */
export interface IProcessCheck {
  readonly param: Settings;
  readonly warnings: readonly string[];
}

export interface IProcessLogs {
  readonly pipeline: string;
  readonly scheduler: string;
}

export type ProcessCalls = ReturnType<typeof processCalls>;

const PAGE = 100;
/** Milliseconds that a server may take to start a process: it asks its scheduler meanwhile. */
const PATIENCE = 180_000;

export function processCalls(client: Client) {
  const page = async (number: number, size: number, signal?: AbortSignal) => {
    const reply = await client.json<unknown>('Processes', 'pz/processes/', {
      // never `search`, which the real server answers with an error
      query: { ordering: '-created_at', page: number, page_size: size },
      signal
    });
    const { count, results } = checkList(reply);
    return { count, processes: results.map(item => toProcess(checkProcess(item))) };
  };

  const logs = async (id: number, signal?: AbortSignal): Promise<IProcessLogs> => {
    const said = await client.json<{ pipeline?: { content?: string }; slurm?: { content?: string } } | null>(
      'Log',
      `pz/processes/${id}/logs/`,
      { signal }
    );
    return { pipeline: said?.pipeline?.content ?? '', scheduler: said?.slurm?.content ?? '' };
  };

  return {
    /** The newest ones. */
    async processes(signal?: AbortSignal): Promise<IProcessDetail[]> {
      return (await page(1, 50, signal)).processes;
    },

    /** The newest ones in pages of a hundred, and how many there are in all. */
    async processPages(
      pages: number,
      signal?: AbortSignal
    ): Promise<{ readonly count: number; readonly processes: IProcessDetail[] }> {
      const found = new Map<number, IProcessDetail>();
      let count = 0;
      for (let number = 1; number <= pages && (number === 1 || (number - 1) * PAGE < count); number++) {
        const one = await page(number, PAGE, signal);
        count = one.count;
        one.processes.forEach(process => found.set(process.id, process)); // one more may push another on
      }
      return { count, processes: [...found.values()] };
    },

    async process(id: number, signal?: AbortSignal): Promise<IProcessDetail> {
      return toProcess(
        checkProcess(await client.json<unknown>('Process', `pz/processes/${id}/`, { signal }))
      );
    },

    processLogs: logs,

    /** Both logs as one. */
    async processLog(id: number, signal?: AbortSignal): Promise<string> {
      const { pipeline, scheduler } = await logs(id, signal);
      return [pipeline, scheduler].filter(Boolean).join('\n');
    },

    /** What can be run. */
    async pipelines(signal?: AbortSignal): Promise<IPipeline[]> {
      const all = await readAll(client, 'Pipelines', 'pz/pipelines/', {}, checkPipeline, signal);
      return all.map(toPipeline).sort((a, b) => a.id - b.id);
    },

    /** Ask the server what it would make of a request; null where it can't be asked (the real one can't). */
    async checkProcess(request: IProcessRequest, signal?: AbortSignal): Promise<IProcessCheck | null> {
      let said: { used_config?: Settings; warnings?: string[] };
      try {
        const json = { ...wire(request), flags_translation_file: undefined };
        said = await client.json('The check', 'pz/processes/validate/', { method: 'POST', json, signal });
      } catch (error) {
        if (error instanceof AnswerError && (error.status === 404 || error.status === 405)) {
          return null;
        }
        throw readable(error);
      }
      return { param: settings(said.used_config?.param) ?? {}, warnings: said.warnings ?? [] };
    },

    /**
     * Run a process. Rejects in words; with an `UnreachableError` nobody knows whether it was made: look with
     * `submitted` before it is sent again.
     */
    async submitProcess(request: IProcessRequest): Promise<IProcessDetail> {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), PATIENCE);
      try {
        const json = wire(request);
        const { signal } = abort;
        const made = await client.json<unknown>('Starting the process', 'pz/processes/', {
          ...{ method: 'POST', json, signal }
        });
        return toProcess(checkProcess(made));
      } catch (error) {
        if (abort.signal.aborted) {
          throw new UnreachableError(
            `Starting the process: no answer in ${PATIENCE / 60_000} minutes.`,
            'It may have been started all the same: look at the list of processes.'
          );
        }
        throw readable(error);
      } finally {
        clearTimeout(timer);
      }
    },

    /** One's own process of that name and pipeline that is newer than another; null if there is none. */
    async submitted(
      { name, pipeline }: Pick<IProcessRequest, 'name' | 'pipeline'>,
      after: number
    ): Promise<IProcessDetail | null> {
      const { processes } = await page(1, 50);
      const fits = (one: IProcessDetail) =>
        one.isOwner && one.id > after && one.name === name && one.pipelineId === pipeline;
      return processes.find(fits) ?? null;
    },

    /**
     * Stop a process; as it is then, where the server says so. The contract's stop is a GET, which a prefetch could
     * send too: our server part takes a POST and sends that. A PZ Server that is asked directly and knows only GET
     * gets one.
     */
    async stopProcess(id: number): Promise<void> {
      const path = `pz/processes/${id}/stop/`;
      try {
        await client.reply('Stop', path, { method: 'POST', json: {} });
      } catch (error) {
        if (!(error instanceof AnswerError && error.status === 405 && error.origin === 'upstream')) {
          throw error;
        }
        await client.reply('Stop', path);
      }
    }
  };
}

/** A request as the contract wants it. The format goes at the top: in `param` it has no effect. */
function wire({ name, pipeline, inputs, release, description, format, param, flags }: IProcessRequest) {
  return {
    display_name: name,
    pipeline,
    inputs,
    release: release ?? undefined,
    description: description || undefined,
    output_format: format ?? undefined,
    used_config: { param },
    // its bytes go from server to server
    flags_translation_file: flags ? { contents: flags } : undefined
  };
}

/** The words of a refused submission: the real server prints a Python dictionary around them, and its own folders. */
export function refusal(text: string): { readonly message: string; readonly remedy: string | null } {
  const inner = /'message':\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')/.exec(text);
  const message = (inner?.[1] ?? inner?.[2] ?? text)
    .replace(/\\n/g, '\n')
    .replace(/\\(['"\\])/g, '$1')
    .replace(/^\[config loader\]\s*/, '')
    .replace(/^\d+ validation errors? for \w+\s*/, '')
    .replace(/\s*\[type=[^\]]*\]/g, '')
    .replace(/\s*For further information visit \S+/g, '')
    .replace(/^(param(?:\.\w+)+)\s+/gm, '$1: ')
    .trim();
  const missing = /file not found: .*?([^/]+)$/.exec(message);
  if (missing) {
    return {
      message: `The server does not find the file “${missing[1]}” of an input.`,
      remedy:
        'It stores names with blanks or special characters differently and then looks for the first name: the file must be uploaded again under a plain name.'
    };
  }
  return { message, remedy: inner ? 'Correct the parameter and send it again.' : null };
}

function readable(error: unknown): unknown {
  if (error instanceof AnswerError && error.status >= 500) {
    const { message, remedy } = refusal(error.message);
    return new AnswerError(message, remedy ?? error.remedy, error.status, error.origin, error.where);
  }
  return error;
}

/** An object, from an object or the JSON text of one. */
function settings(value: unknown): Settings | null {
  if (typeof value === 'string') {
    try {
      return settings(JSON.parse(value));
    } catch {
      return null;
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : null;
}

function toPipeline(raw: components['schemas']['Pipeline']): IPipeline {
  const config = settings(raw.system_config);
  return {
    id: raw.id,
    name: raw.name,
    displayName: raw.display_name || raw.name,
    version: raw.version ?? '',
    description: raw.description ?? '',
    parameters: settings(config?.param),
    outputFormat: (config?.output_format as string | null | undefined) ?? null,
    accepts: raw.product_types_accepted ?? []
  };
}

function toProcess(raw: components['schemas']['Process']): IProcessDetail {
  return {
    id: raw.id,
    name: raw.display_name ?? `Process ${raw.id}`,
    pipeline: raw.pipeline_name ?? '',
    pipelineId: raw.pipeline ?? null,
    version: raw.pipeline_version ?? '',
    status: raw.status as ProcessStatus,
    owner: raw.owned_by ?? '',
    isOwner: raw.is_owner,
    canStop: raw.is_owner || raw.can_update === true,
    product: raw.upload ?? null,
    inputs: (raw.provenance_inputs ?? []).map(input => toProduct(checkProduct(input))),
    inputIds: raw.inputs ?? [],
    release: raw.release_name ?? null,
    releaseId: raw.release ?? null,
    created: raw.created_at,
    started: raw.started_at ?? null,
    ended: raw.ended_at ?? null,
    comment: raw.comment ?? null,
    progress: raw.progress ?? null,
    stage: raw.stage ?? null,
    position: raw.position ?? null,
    config: settings(raw.used_config),
    warnings: raw.warnings ?? [],
    software: raw.software ?? {}
  };
}
