/** The way to divide: those that the backend knows, with what each does. */
import type { FieldProps } from '@rjsf/utils';

import type { IFormContext } from '../fields';

export function MethodField(props: FieldProps): JSX.Element {
  const { trans, methods } = props.formContext as IFormContext;
  const value = (props.formData as string | undefined) ?? '';
  const known = methods.find(one => one.name === value);
  return (
    <div className="tsm-Rows">
      <select
        id={props.idSchema.$id}
        className="jp-mod-styled"
        value={value}
        disabled={props.disabled}
        onChange={event => props.onChange(event.target.value)}
      >
        {known ? null : (
          <option value={value}>{methods.length ? trans.__('%1 · not known here', value) : value}</option>
        )}
        {methods.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      {known?.summary ? <p className="tsm-Field-description">{known.summary}</p> : null}
    </div>
  );
}
