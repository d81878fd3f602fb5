/** Parts of a split: a name and a share each; a slider moves one and keeps the sum at 1. */
import type { FieldProps } from '@rjsf/utils';
import { useContext, useEffect, useRef, useState } from 'react';

import { categoryColour } from '../../ui/palette';
import { IconButton, NumberInput } from '../combine/inputs';
import { type IFormContext, Shares } from '../fields';
import { SplitContext } from './context';
import { freeName, moved, type Parts, scaled, sumOf } from './proportions';

export function PartsField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const { draft } = useContext(SplitContext);
  const written = Object.entries((props.formData ?? {}) as Record<string, number>);
  const text = JSON.stringify(written);
  const [moving, setMoving] = useState<[string, number][] | null>(null);
  const start = useRef<Parts | null>(null);
  useEffect(() => {
    // the recipe has it now, or something else
    start.current = null;
    setMoving(null);
    draft.parts = null;
  }, [text, draft]);
  const parts = moving ?? written;
  const sum = sumOf(parts);
  const closes = Math.abs(sum - 1) < 1e-9;
  const change = (entries: readonly (readonly [string, number])[]) =>
    props.onChange(Object.fromEntries(entries));
  const slide = (index: number, share: number) => {
    start.current ??= written;
    const next = moved(start.current, index, share);
    setMoving(next);
    draft.parts = Object.fromEntries(next);
  };
  const settle = () => {
    if (start.current !== null && moving !== null) {
      start.current = null;
      if (JSON.stringify(moving) === text) {
        setMoving(null);
        draft.parts = null;
      } else {
        change(moving);
      }
    }
  };
  return (
    <div className="tsm-Parts" id={props.idSchema.$id} role="group" aria-label={props.schema.title}>
      <Shares parts={parts} />
      {parts.map(([name, share], index) => (
        <div className="tsm-Parts-row tsm-Split-part" key={index}>
          <input
            className="jp-mod-styled"
            aria-label={trans.__('Name of part %1', index + 1)}
            defaultValue={name}
            key={name}
            disabled={props.disabled}
            onBlur={event => {
              const other = event.target.value.trim();
              if (other && other !== name && !parts.some(([used]) => used === other)) {
                change(parts.map(([old, value], i) => [i === index ? other : old, value]));
              }
            }}
          />
          <input
            type="range"
            className="tsm-Split-slider"
            min={0}
            max={1}
            step={0.005}
            aria-label={trans.__('Share of %1', name)}
            aria-valuetext={`${Number((100 * share).toFixed(2))} %`}
            style={{ accentColor: categoryColour(name, index) }}
            value={share}
            disabled={props.disabled || parts.length < 2}
            onChange={event => slide(index, Number(event.target.value))}
            onPointerUp={settle}
            onKeyUp={settle}
            onBlur={settle}
          />
          <NumberInput
            label={trans.__('Proportion of %1', name)}
            value={share}
            min={0}
            step={0.05}
            disabled={props.disabled}
            onChange={value =>
              value !== null && change(parts.map(([old, was], i) => [old, i === index ? value : was]))
            }
          />
          <IconButton
            label={trans.__('Remove %1', name)}
            sign="✕"
            disabled={props.disabled || parts.length < 2}
            onClick={() => {
              const rest = parts.filter((_, i) => i !== index);
              change(closes ? scaled(rest) : rest);
            }}
          />
        </div>
      ))}
      <div className="tsm-Parts-foot">
        <button
          type="button"
          className="tsm-Button"
          disabled={props.disabled}
          onClick={() => change([...parts, [freeName(parts), Math.max(0, Number((1 - sum).toFixed(4)))]])}
        >
          {trans.__('Add a part')}
        </button>
        {closes ? (
          <span>{trans.__('The proportions sum to 1.')}</span>
        ) : (
          <>
            <span className="tsm-Field-error">
              {trans.__('The proportions sum to %1; they must sum to 1.', Number(sum.toFixed(6)))}
            </span>
            <button
              type="button"
              className="tsm-Button"
              disabled={props.disabled}
              onClick={() => change(scaled(parts))}
            >
              {trans.__('Scale to 1')}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
