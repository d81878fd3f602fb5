/** @jest-environment jsdom */
import { inFrame, notInFrame } from '../live';

/** Frames that are asked for; a page that isn't seen draws none. */
let asked: FrameRequestCallback[] = [];

beforeEach(() => {
  asked = [];
  globalThis.requestAnimationFrame = act => asked.push(act);
});

function frames(count: number): void {
  for (let frame = 0; frame < count; frame++) {
    asked.splice(0).forEach(act => act(0));
  }
}

/** Until no more are asked for. */
function rest(): number {
  let count = 0;
  while (asked.length > 0 && count < 100) {
    frames(1);
    count += 1;
  }
  return count;
}

it('something is done once in the next frame, unless it is taken back', () => {
  const [once, never] = [jest.fn(), jest.fn()];
  inFrame(once);
  inFrame(once);
  inFrame(never);
  notInFrame(never);
  expect(once).not.toHaveBeenCalled();
  frames(1);
  frames(1);
  expect(once).toHaveBeenCalledTimes(1);
  expect(never).not.toHaveBeenCalled();
  expect(rest()).toBeLessThan(20);
});

it('one that fails keeps neither the others nor the next ones from being done', () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const [beside, later] = [jest.fn(), jest.fn()];
  inFrame(() => {
    throw new Error('No canvas.');
  });
  inFrame(beside);
  frames(1);
  inFrame(later);
  frames(1);
  expect([beside.mock.calls.length, later.mock.calls.length]).toEqual([1, 1]);
  expect(String(said.mock.calls[0][1])).toContain('No canvas.');
  said.mockRestore();
  expect(rest()).toBeLessThan(20);
});

it('a page that was not seen for a while is drawn when it is seen again, and asks for one frame at a time', () => {
  const act = jest.fn();
  for (let time = 0; time < 50; time++) {
    inFrame(act);
  }
  expect(asked).toHaveLength(1);
  rest();
  expect(act).toHaveBeenCalledTimes(1);
  // after a rest it sets off again
  inFrame(act);
  expect(asked).toHaveLength(1);
  frames(1);
  expect(act).toHaveBeenCalledTimes(2);
});
