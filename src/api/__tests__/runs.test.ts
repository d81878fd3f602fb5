import { createServices } from '..';
import { FakeTransport } from './fake';

it('asks for a product of the result unless the user wants none', async () => {
  const transport = new FakeTransport(() => ({ json: { id: 'a1' } }));
  const { local } = createServices(transport);
  const backend = local.recipes();
  await backend.run({ text: 'name: a', path: 'a.tsm.yaml' });
  local.register = false;
  await backend.run({ text: 'name: a', path: 'a.tsm.yaml' });
  expect(transport.asked.map(({ request }) => request.json)).toEqual([
    { text: 'name: a', contents: 'a.tsm.yaml', register: true },
    { text: 'name: a', contents: 'a.tsm.yaml', register: false }
  ]);
});

it('stops, retries and marks a run as told', async () => {
  const transport = new FakeTransport(() => ({ json: { id: 'a1' } }));
  const { local } = createServices(transport);
  await local.stopRun('a1');
  await local.retryRun('a1');
  await local.toldRun('a1');
  expect(transport.asked.map(({ path, request }) => [request.method, path])).toEqual([
    ['POST', 'local/runs/a1/stop'],
    ['POST', 'local/runs/a1/retry'],
    ['POST', 'local/runs/a1/told']
  ]);
});
