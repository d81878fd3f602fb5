/** Which surveys have rules of the recipe's own; the rules themselves are in the table beside the form. */
import type { FieldProps } from '@rjsf/utils';

import { IconButton } from '../combine/inputs';
import type { IFormContext } from '../fields';

export function RulesField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const surveys = (props.formData ?? {}) as Record<string, unknown>;
  const names = Object.keys(surveys);
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      {names.length ? (
        <ul className="tsm-Rows-list">
          {names.map(name => (
            <li key={name} className="tsm-Rows-number">
              <span className="tsm-Rows-name">{name}</span>
              <IconButton
                label={trans.__('Back to the pack’s rules for %1', name)}
                sign="✕"
                disabled={props.disabled}
                onClick={() => {
                  const { [name]: _gone, ...rest } = surveys;
                  props.onChange(Object.keys(rest).length ? rest : undefined);
                }}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <p className="tsm-Field-description">
        {trans.__('Change what a flag becomes in the table of flags, at the right.')}
      </p>
    </div>
  );
}
