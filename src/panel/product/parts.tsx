import type { TranslationBundle } from '@jupyterlab/translation';
import { type ReactNode, useId } from 'react';

import { formatCount } from '../../ui/format';
import { Failure, Shape } from '../frame';
import type { Section } from '../section';
import type { ProductModel } from './model';

interface IHeldProps {
  readonly section: Section<unknown>;
  readonly label: string;
  readonly model: ProductModel;
  readonly trans: TranslationBundle;
  readonly children: ReactNode;
}

/** What is told once it is known; a part that fails leaves the others as they are. */
export function Held({ section, label, model, trans, children }: IHeldProps): JSX.Element {
  return (
    <>
      {section.trouble && <Failure trouble={section.trouble} trans={trans} retry={() => void model.load()} />}
      {section.value === null ? !section.trouble && <Shape label={label} /> : children}
    </>
  );
}

interface IPartProps {
  readonly title: string;
  readonly count?: number;
  readonly children: ReactNode;
}

export function Part({ title, count, children }: IPartProps): JSX.Element {
  const id = useId();
  return (
    <section className="tsm-ProductPage-part" aria-labelledby={id}>
      <h3 id={id}>
        {title}
        {count !== undefined && <span className="tsm-mod-muted"> {formatCount(count)}</span>}
      </h3>
      {children}
    </section>
  );
}

export interface IButtonProps {
  readonly label: string;
  readonly accent?: boolean;
  readonly disabled?: boolean;
  run(): void;
}

export function Button({ label, accent = false, disabled = false, run }: IButtonProps): JSX.Element {
  return (
    <button
      type="button"
      className={`tsm-Button${accent ? ' tsm-mod-accent' : ''}`}
      disabled={disabled}
      onClick={run}
    >
      {label}
    </button>
  );
}
