/** Two kinds of failure, never mixed: the server was never reached, or it answered with an error. */
import type { IReply } from './transport/transport';

/** A failure with words for the user. */
export class ServiceError extends Error {
  constructor(
    message: string,
    readonly remedy: string | null = null
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** No answer came: trying again can help. */
export class UnreachableError extends ServiceError {}

/** The server part of the extension is not installed or not enabled. */
export class ServerPartMissingError extends ServiceError {
  constructor() {
    super(
      'The server part of pz-tsm is not running in this Jupyter server.',
      'Install it where Jupyter runs (pip install pz-tsm), then restart the server; "jupyter server extension list" must show pz_tsm.jupyter.'
    );
  }
}

/** The server answered, with an error. */
export class AnswerError extends ServiceError {
  constructor(
    message: string,
    remedy: string | null,
    readonly status: number,
    /** Who said so: the PZ Server itself, or our own proxy before it. */
    readonly origin: 'upstream' | 'proxy',
    readonly where: string | null = null
  ) {
    super(message, remedy);
  }
}

/** The error that a reply stands for, or null when it is a success. */
export async function errorOf(reply: IReply, what: string): Promise<ServiceError | null> {
  if (reply.status >= 200 && reply.status < 300) {
    return null;
  }
  const origin = reply.header('X-TSM-Origin');
  const body = await reply.text();
  const said = words(body, reply.header('Content-Type'));
  if (origin === 'unreachable') {
    return new UnreachableError(said.message ?? `${what}: no answer.`, said.remedy);
  }
  if (origin === null && reply.status === 404 && said.where !== 'engine' && !said.ours) {
    return new ServerPartMissingError();
  }
  if (reply.status === 401 && origin !== 'proxy') {
    return new AnswerError(
      'The PZ Server does not accept the token.',
      'Make a new one on its web site (menu, API Token: this ends the old one) and enter it under Account.',
      401,
      'upstream'
    );
  }
  const message = said.message ?? `${what}: the server answered with error ${reply.status}.`;
  return new AnswerError(
    message,
    said.remedy ?? remedyOf(reply.status),
    reply.status,
    origin === 'proxy' ? 'proxy' : 'upstream',
    said.where
  );
}

/** What to do about an answer whose words do not say it. */
function remedyOf(status: number): string | null {
  switch (status) {
    case 403:
      return 'Only its owner or an administrator of the server may do this.';
    case 404:
      return 'It may have been deleted, or you may not see it.';
    case 413:
      return 'The file is larger than the server takes.';
    default:
      return status >= 500 ? 'Try again; if it goes on, tell those who run the server.' : null;
  }
}

interface IWords {
  message: string | null;
  remedy: string | null;
  where: string | null;
  /** The body is one of our own engine's. */
  ours: boolean;
}

/** The words in an error body: ours, Django's in their several shapes, or none (an HTML page). */
export function words(body: string, contentType: string | null): IWords {
  const nothing: IWords = { message: null, remedy: null, where: null, ours: false };
  if (contentType !== null && !contentType.includes('json')) {
    return nothing;
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return nothing;
  }
  if (typeof value === 'string') {
    return { ...nothing, message: value };
  }
  if (typeof value !== 'object' || value === null) {
    return nothing;
  }
  const record = value as Record<string, unknown>;
  const error = record.error;
  if (typeof error === 'object' && error !== null) {
    const ours = error as { message?: string; remedy?: string; where?: string };
    return {
      message: ours.message ?? null,
      remedy: ours.remedy ?? null,
      where: ours.where ?? null,
      ours: true
    };
  }
  for (const key of ['detail', 'error', 'message']) {
    if (typeof record[key] === 'string') {
      return { ...nothing, message: record[key] as string, ours: key === 'detail' };
    }
  }
  const fields = Object.entries(record).map(([field, said]) => {
    const text = Array.isArray(said) ? said.join(' ') : String(said);
    return field === 'non_field_errors' ? text : `${field}: ${text}`;
  });
  return { ...nothing, message: fields.join(' ') || null };
}
