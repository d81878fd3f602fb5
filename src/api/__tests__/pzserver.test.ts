import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';

import { createServices } from '..';
import { AnswerError, ServerPartMissingError, UnreachableError } from '../errors';
import {
  checkConfig,
  checkContent,
  checkFile,
  checkList,
  checkMainFile,
  checkMe,
  checkPreview,
  checkProcess,
  checkProduct,
  checkRelease,
  checkType,
  checkUser
} from '../validate';
import { FakeTransport, type IFakeAnswer } from './fake';
import { PRODUCT } from './product';

function answering(answer: IFakeAnswer) {
  return createServices(new FakeTransport(() => answer));
}

describe('products', () => {
  it('are read to the end of the list, which the server cuts into pages', async () => {
    const transport = new FakeTransport((_path, request) => {
      const page = Number(request.query?.page);
      const results = Array.from({ length: page < 3 ? 100 : 30 }, (_, i) => ({
        ...PRODUCT,
        id: page * 1000 + i
      }));
      return { json: { count: 230, results } };
    });
    const products = await createServices(transport).pz.products();
    expect(products).toHaveLength(230);
    expect(new Set(products.map(product => product.id)).size).toBe(230);
    expect(transport.asked).toHaveLength(3);
  });

  it('always ask for a status, and send filters under the names that the server knows', async () => {
    const transport = new FakeTransport(() => ({ json: { count: 0, results: [] } }));
    await createServices(transport).pz.products({
      search: 'vvds',
      type: 'training_set',
      release: 2,
      official: true
    });
    expect(transport.asked[0].request.query).toMatchObject({
      status: 1,
      search: 'vvds',
      product_type_name: 'training_set',
      release: 2,
      official_product: true
    });
  });

  it('that lack what the contract promises are refused by name', async () => {
    const { display_name: _, ...broken } = PRODUCT;
    await expect(answering({ json: { count: 1, results: [broken] } }).pz.products()).rejects.toThrow(
      '"display_name"'
    );
  });
});

describe('failures', () => {
  it('tell a wrong token of the PZ Server from our own', async () => {
    const services = answering({
      status: 401,
      json: { detail: 'Invalid token.' },
      headers: { 'X-TSM-Origin': 'upstream' }
    });
    const error = await services.pz.types().catch(e => e);
    expect(error).toBeInstanceOf(AnswerError);
    expect(error.message).toMatch(/token/);
    expect(error.remedy).toMatch(/API Token/);
  });

  it('say that the server is away, and not that it refused', async () => {
    const services = answering({
      status: 502,
      json: { error: { message: 'pz.example.org does not answer.', remedy: 'Try again later.' } },
      headers: { 'X-TSM-Origin': 'unreachable' }
    });
    const error = await services.pz.types().catch(e => e);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toBe('pz.example.org does not answer.');
  });

  it('say how to install the missing server part', async () => {
    const services = answering({
      status: 404,
      text: '<html>404</html>',
      headers: { 'content-type': 'text/html' }
    });
    await expect(services.local.config()).rejects.toBeInstanceOf(ServerPartMissingError);
  });

  it.each([
    [406, '"The column(s) was not filled in: Dec,RA,z"', 'The column(s) was not filled in: Dec,RA,z'],
    [400, '{"release":["Release must be null."]}', 'release: Release must be null.'],
    [400, '{"display_name":"too long"}', 'display_name: too long'],
    [403, '{"detail":"You do not have permission."}', 'You do not have permission.'],
    [500, '<h1>Server Error</h1>', 'Product types: the server answered with error 500.']
  ])('show the words of a %d in whatever shape they come', async (status, text, wanted) => {
    const headers = {
      'X-TSM-Origin': 'upstream',
      'content-type': text.startsWith('<') ? 'text/html' : 'application/json'
    };
    await expect(answering({ status, text, headers }).pz.types()).rejects.toThrow(wanted);
  });
});

const recorded = join(__dirname, '../../../../shared/contract/recorded');
const available = existsSync(recorded) ? describe : describe.skip;

available('answers recorded from the real PZ Server', () => {
  const records =
    available === describe
      ? readdirSync(recorded)
          .filter(name => name.endsWith('.json'))
          .map(name => ({ name, ...JSON.parse(readFileSync(join(recorded, name), 'utf8')) }))
          .filter(
            record =>
              record.status < 300 && record.method !== 'OPTIONS' && typeof record.response_body === 'object'
          )
      : [];
  const bodies = (path: RegExp) => records.filter(record => path.test(record.path));

  it('pass the validators: products', () => {
    const single = bodies(/^\/api\/products\/(\d+\/(registry\/)?)?$/).filter(
      record => record.response_body?.id
    );
    const lists = bodies(/^\/api\/products(-specz)?\/(\?.*)?$/).filter(
      record => record.response_body?.results
    );
    expect(single.length + lists.length).toBeGreaterThan(20);
    single.forEach(record => checkProduct(record.response_body));
    lists.forEach(record => checkList(record.response_body).results.forEach(checkProduct));
  });

  it('pass the validators: processes', () => {
    const single = bodies(/^\/api\/processes\/(\d+\/)?$/).filter(record => record.response_body?.id);
    const lists = bodies(/^\/api\/processes\/(\?.*)?$/).filter(record => record.response_body?.results);
    expect(single.length + lists.length).toBeGreaterThan(5);
    single.forEach(record => checkProcess(record.response_body));
    lists.forEach(record => checkList(record.response_body).results.forEach(checkProcess));
  });

  it.each([
    ['product-files', checkFile, /^\/api\/product-files\/(\d+\/)?(\?.*)?$/],
    ['product-contents', checkContent, /^\/api\/product-contents\/(\d+\/)?(\?.*)?$/],
    ['product types', checkType, /^\/api\/product-types\/(\d+\/)?(\?.*)?$/],
    ['releases', checkRelease, /^\/api\/releases\/(\d+\/)?(\?.*)?$/],
    ['users', checkUser, /^\/api\/users\/(\d+\/)?(\?.*)?$/],
    ['who we are', checkMe, /^\/api\/logged_user\/$/],
    ['main files', checkMainFile, /\/main_file_info\/$/],
    ['configurations', checkConfig, /\/process_config\/$/]
  ] as const)('pass the validators: %s', (_, check, path) => {
    const answers = bodies(path).filter(record => record.response_body !== null);
    expect(answers.length).toBeGreaterThan(0);
    for (const { response_body: body } of answers) {
      (body.results ?? [body]).forEach(check);
    }
  });

  it('pass the validators: first rows', () => {
    const answers = bodies(/\/read_data\/(\?.*)?$/).filter(record => record.response_body.results);
    expect(answers.length).toBeGreaterThan(0);
    answers.forEach(record => checkPreview(record.response_body));
  });
});
