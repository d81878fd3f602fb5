/** A new process as Python for the official client. */
import type { IProcessRequest } from '../../api';
import { clientLines } from '../client';
import type { IServer } from '../product/model';
import { TSM } from './known';

/** Python that sends the same request; the token is asked for, never written. The client sends no description. */
export function pythonOf(request: IProcessRequest, pipeline: string, server: IServer | null): string {
  const { name, inputs, release, format, param, flags } = request;
  const training = pipeline === TSM;
  const config = format === null ? param : { ...param, output_format: format };
  return [
    ...clientLines(server),
    `process = server.${training ? 'training_set_maker' : 'combine_redshift_catalogs'}(${literal(name)})`,
    ...(training && release !== null ? [`process.set_release(release_id=${release})`] : []),
    ...inputs.map(id => (training ? `process.set_redshift(_id=${id})` : `process.append_catalog(_id=${id})`)),
    `process.set_config(${literal(config)})`,
    ...(flags ? [`process.set_flags_translation(${literal(flags)})`] : []),
    'process.run()',
    ''
  ].join('\n');
}

/** A value as Python writes it. */
function literal(value: unknown): string {
  if (value === null || value === undefined) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (Array.isArray(value)) {
    return `[${value.map(literal).join(', ')}]`;
  }
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, one]) => `${literal(key)}: ${literal(one)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}
