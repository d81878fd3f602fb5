import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactNode } from 'react';

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
