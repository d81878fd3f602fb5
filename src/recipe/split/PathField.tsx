/** A file or folder of the recipe's neighbourhood: typed, chosen, or one of those that are known. */
import type { FieldProps } from '@rjsf/utils';
import { useContext, useId } from 'react';

import { TextInput } from '../combine/inputs';
import type { IFormContext } from '../fields';
import { SplitContext } from './context';

/** A target sample. */
export function FileField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const { chooseFile } = useContext(SplitContext);
  return (
    <div className="tsm-Split-path" id={props.idSchema.$id} role="group" aria-label={props.schema.title}>
      <TextInput
        label={props.schema.title ?? props.name}
        value={(props.formData as string | undefined) ?? ''}
        monospace
        disabled={props.disabled}
        onCommit={text => props.onChange(text || undefined)}
      />
      {chooseFile ? (
        <button
          type="button"
          className="tsm-Button"
          disabled={props.disabled}
          onClick={() => void chooseFile().then(path => path && props.onChange(path))}
        >
          {trans.__('Choose…')}
        </button>
      ) : null}
    </div>
  );
}

/** The folder of an earlier bundle. */
export function BundleField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const { bundles } = useContext(SplitContext);
  const list = useId();
  const value = (props.formData as string | undefined) ?? '';
  return (
    <div className="tsm-Split-path" id={props.idSchema.$id} role="group" aria-label={props.schema.title}>
      <TextInput
        label={props.schema.title ?? props.name}
        value={value}
        list={list}
        monospace
        placeholder={trans.__('none: all are divided anew')}
        disabled={props.disabled}
        onCommit={text => props.onChange(text || undefined)}
      />
      <datalist id={list}>
        {bundles.map(path => (
          <option key={path} value={path} />
        ))}
      </datalist>
    </div>
  );
}
