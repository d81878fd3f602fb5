import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useLayoutEffect, useRef, type CSSProperties } from 'react';
import type { Value } from '../../expr';
import type { ICategoriesResult } from '../../table/requests';
import { categoryName, formatCount, formatShare } from '../format';
import { inFrame, notInFrame } from '../live';
import { categoryColour } from '../palette';
import { Rest } from '../rest';
import { REST } from './live';
import { categoriesSummary } from './summary';

export interface ICategoryBarsProps {
  readonly trans: TranslationBundle;
  readonly result: ICategoriesResult;
  /** The values chosen, or null for all. */
  readonly chosen: readonly Value[] | null;
  /** Give each value its own colour. */
  readonly coloured?: boolean;
  readonly onChoose?: (values: Value[] | null) => void;
  /** Where newer counts of the same values come from, written without a render. */
  readonly live?: {
    result(): ICategoriesResult | null;
    watch(listener: () => void): () => void;
  };
}

/** One bar a value; each is a switch, and several together are a list. */
export function CategoryBars(props: ICategoryBarsProps): JSX.Element {
  const { trans, result, chosen, coloured = false, onChoose, live } = props;
  const host = useRef<HTMLDivElement>(null);
  const id = useId();
  const write = useRef((_: ICategoriesResult, _atRest: boolean) => {});
  write.current = (now, atRest) => {
    if (host.current !== null) {
      writeCounts(host.current, trans, now);
      if (atRest) {
        writeWords(host.current, trans, now);
      }
    }
  };
  useLayoutEffect(() => write.current(live?.result() ?? result, true));
  useEffect(() => {
    if (live === undefined) {
      return;
    }
    const rest = new Rest(() => act(true), REST);
    const act = (atRest = false) => {
      const now = live.result();
      if (now !== null) {
        write.current(now, atRest);
      }
    };
    const draw = () => act();
    const stop = live.watch(() => {
      inFrame(draw);
      rest.moved();
    });
    return () => {
      stop();
      notInFrame(draw);
      rest.dispose();
    };
  }, [live]);
  return (
    <div
      ref={host}
      className="tsm-CategoryBars"
      role="group"
      aria-label={trans.__('Rows by %1', result.column)}
      aria-describedby={id}
      onDoubleClick={() => onChoose?.(null)}
      onKeyDown={event => {
        if (event.key === 'Escape' && chosen !== null) {
          event.stopPropagation();
          onChoose?.(null);
        }
      }}
    >
      <span id={id} className="tsm-hidden tsm-CategoryBars-summary" />
      {result.values.map((value, place) => {
        const on = chosen === null || chosen.includes(value);
        return (
          <button
            type="button"
            key={String(value)}
            className={`tsm-CategoryBars-row${on ? '' : ' tsm-mod-off'}`}
            aria-pressed={chosen !== null && on}
            onClick={() => onChoose?.(toggled(chosen, value))}
          >
            <span className={`tsm-CategoryBars-name${value === null ? ' tsm-mod-null' : ''}`}>
              {categoryName(value)}
            </span>
            <span
              className="tsm-CategoryBars-track"
              aria-hidden="true"
              style={
                coloured ? ({ '--tsm-colour': categoryColour(value, place) } as CSSProperties) : undefined
              }
            />
            <span className="tsm-CategoryBars-count" />
            <span className="tsm-CategoryBars-share" />
          </button>
        );
      })}
      {result.others > 0 && <div className="tsm-CategoryBars-others" />}
    </div>
  );
}

/** Put the counts into bars that are there: lengths without a layout (as backgrounds), texts only where they changed. */
function writeCounts(host: HTMLElement, trans: TranslationBundle, result: ICategoriesResult): void {
  let most = 1;
  let total = result.othersPassed;
  for (let place = 0; place < result.all.length; place++) {
    most = Math.max(most, result.all[place]);
    total += result.passed[place];
  }
  const rows = host.getElementsByClassName('tsm-CategoryBars-row');
  for (let place = 0; place < rows.length && place < result.all.length; place++) {
    const row = rows[place] as HTMLElement;
    const [passed, all] = [result.passed[place], result.all[place]];
    const [, track, count, share] = row.children as unknown as HTMLElement[];
    track.style.backgroundSize = `${(100 * passed) / most}% 100%, ${(100 * all) / most}% 100%`;
    setText(count, formatCount(passed));
    setText(share, formatShare(passed, total));
  }
  const others = host.querySelector<HTMLElement>('.tsm-CategoryBars-others');
  if (others !== null) {
    setText(
      others,
      trans._n(
        'and %2 rows of 1 other value',
        'and %2 rows of %1 other values',
        result.others,
        formatCount(result.othersPassed)
      )
    );
  }
}

/** What is read at rest: tooltips, and the summary for assistive software. */
function writeWords(host: HTMLElement, trans: TranslationBundle, result: ICategoriesResult): void {
  const rows = host.getElementsByClassName('tsm-CategoryBars-row');
  for (let place = 0; place < rows.length && place < result.all.length; place++) {
    (rows[place] as HTMLElement).title = trans.__(
      '%1 = %2: %3 of %4 rows',
      result.column,
      categoryName(result.values[place]),
      formatCount(result.passed[place]),
      formatCount(result.all[place])
    );
  }
  setText(host.firstElementChild as HTMLElement, categoriesSummary(trans, result));
}

function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** The list with a value put in, or taken out; nothing chosen is all. */
export function toggled(chosen: readonly Value[] | null, value: Value): Value[] | null {
  if (chosen === null) {
    return [value];
  }
  const next = chosen.includes(value) ? chosen.filter(other => other !== value) : [...chosen, value];
  return next.length === 0 ? null : next;
}
