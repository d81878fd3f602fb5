import { parse, type ColumnData } from '../../expr';
import { LocalBinner } from '../../table';
import { encodeColumns } from '../../table/encode';
import type { ITerm, IUpdate } from '../../table/requests';
import { Approach } from '../approach';

const z: ColumnData = { type: 'float', values: Float64Array.of(0.1, 0.2, 0.3, 0.4), valid: null };
const views = { nz: { kind: 'histogram' as const, column: 'z', bins: 4 } };
const none: IUpdate = { terms: [], views };
const stops = () => [[0, 0.25, 0.5]];

function within(low: number, high: number): IUpdate {
  const term: ITerm = { text: `z BETWEEN ${low} AND ${high}`, columns: ['z'], axis: 'z' };
  expect(parse(term.text).kind).toBe('between');
  return { terms: [term], views };
}

async function started() {
  const binner = new LocalBinner();
  await binner.add(['z'], encodeColumns(new Map([['z', z]])));
  const base = await binner.update(none);
  const prepare = jest.spyOn(binner, 'prepare');
  const approach = new Approach(() => ({
    binner,
    axes: ['z'],
    update: none,
    isColumn: name => name === 'z'
  }));
  /** Rows in these bounds, if they are known at once. */
  const passed = (low = 0, high = 0.25) => approach.answer(within(low, high), none, base)?.passed ?? null;
  return { approach, passed, prepare };
}

async function later(time: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(time);
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('what was made ready for a brush', () => {
  it('is kept while it is used, and forgotten some seconds later', async () => {
    const { approach, passed, prepare } = await started();
    approach.come('nz', stops);
    expect(passed()).toBeNull();
    await later(100);
    expect(passed()).toBe(2);
    // arrow keys hold nothing
    for (let key = 0; key < 5; key++) {
      await later(3000);
      expect([passed(0, 0.5), passed(0.1, 0.3)]).toEqual([4, null]);
    }
    expect(prepare).toHaveBeenCalledTimes(1);
    await later(4100);
    expect(passed()).toBeNull();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stays in a hand that rests, and goes after it has let go', async () => {
    const { approach, passed } = await started();
    approach.hold(true);
    approach.come('nz', stops);
    await later(60000);
    expect(passed()).toBe(2);
    approach.hold(false);
    await later(3900);
    expect(passed()).toBe(2);
    approach.hold(false);
    await later(4100);
    expect(passed()).toBeNull();
  });

  it('goes with the view, also if it comes only then', async () => {
    const { approach, passed, prepare } = await started();
    approach.hold(true);
    approach.come('nz', stops);
    expect(prepare).toHaveBeenCalledTimes(1);
    approach.dispose();
    await later(0);
    expect(passed()).toBeNull();
    approach.move();
    expect(prepare).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
