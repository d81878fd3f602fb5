import type { TranslationBundle } from '@jupyterlab/translation';

import { Chip } from '../../ui/chip';
import type { ICheck } from './checks';

/** What the upload's page asks of the application. */
export interface IUploadActions {
  /** Ask which files, and add them. */
  choose(role: number): void;
  /** Ask for the folder of a HATS catalogue, and begin with it. */
  chooseFolder(): void;
  openProduct(id: number): void;
  /** Look at the main file. */
  explore(path: string): void;
}

interface IChecksProps {
  readonly checks: readonly ICheck[];
  readonly busy: boolean;
  readonly trans: TranslationBundle;
  fix(check: ICheck): void;
}

/** What is wrong, what should be known, and what is in order; with what one click does about it. */
export function Checks({ checks, busy, trans, fix }: IChecksProps): JSX.Element {
  const words = {
    error: trans.__('to put right'),
    warning: trans.__('to know'),
    good: trans.__('in order')
  };
  return (
    <ul className="tsm-Page-list tsm-Upload-checks" aria-live="polite">
      {checks.map(check => (
        <li key={check.key} className={`tsm-mod-${check.level}`}>
          <Chip kind={check.level === 'error' ? 'bad' : check.level}>{words[check.level]}</Chip>
          <span>
            {check.message} {check.remedy && <span className="tsm-mod-muted">{check.remedy}</span>}
          </span>
          {check.fix && (
            <button type="button" className="tsm-Button" disabled={busy} onClick={() => fix(check)}>
              {check.fix.label}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
