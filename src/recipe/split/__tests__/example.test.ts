/** The preview of docs/split.md, as it stands there, gives what its Python gives. */
import { readFileSync } from 'fs';
import { join } from 'path';
import { ModuleKind, transpileModule } from 'typescript';

import { addPreviewer, type ISplitPreviewer, previewerOf } from '../previews';

const ROOT = join(__dirname, '..', '..', '..', '..');

/** The block's exports; `pz-tsm` is this package. */
function example(): {
  previewer: ISplitPreviewer;
  default: { activate(app: unknown, previews: unknown): void };
} {
  const page = readFileSync(join(ROOT, 'docs', 'split.md'), 'utf-8');
  const code = /<!-- preview -->\n```ts\n([\s\S]*?)```/.exec(page)![1];
  const { outputText } = transpileModule(code, {
    compilerOptions: { module: ModuleKind.CommonJS, target: 9 }
  });
  const made = { exports: {} };
  const find = (name: string) => {
    expect(name).toBe('pz-tsm');
    return { ITsmSplitPreviews: 'token' };
  };
  new Function('module', 'exports', 'require', outputText)(made, made.exports, find);
  return made.exports as ReturnType<typeof example>;
}

const VECTORS = JSON.parse(
  readFileSync(join(ROOT, 'contract', 'vectors', 'split_example.json'), 'utf-8')
) as {
  keys: string[];
  cases: { parts: [string, number][]; expected: number[] }[];
};

it('divides the rows of the vectors as the Python of the page does', () => {
  const { previewer } = example();
  const key = BigInt64Array.from(VECTORS.keys, BigInt);
  expect(VECTORS.cases.length).toBe(3);
  for (const { parts, expected } of VECTORS.cases) {
    expect(Array.from(previewer.assign({ key }, parts, 0, {}))).toEqual(expected);
  }
});

it('is added through the token', () => {
  example().default.activate(null, { add: addPreviewer });
  expect(previewerOf('bykey')?.method).toBe('bykey');
});

it('is typed as another extension would have it', () => {
  const tokens = readFileSync(join(ROOT, 'src', 'tokens.ts'), 'utf-8');
  expect(tokens).toContain('export type { ISplitPreviewer }');
  expect(readFileSync(join(ROOT, 'src', 'index.ts'), 'utf-8')).toContain("export * from './tokens'");
});
