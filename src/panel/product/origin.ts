/** What a product was made from: processes and their inputs, as far back as one would look, and where to draw them. */
import type { IProcessDetail, IProduct } from '../../api';

export interface IOrigin {
  readonly product: IProduct;
  /** What made it; null of an upload, and where the server does not tell. */
  readonly process: IProcessDetail | null;
  readonly inputs: readonly IOrigin[];
  /** There is more before it that is not asked for. */
  readonly more: boolean;
}

/** Generations that are asked for. */
const DEPTH = 4;
/** Processes that are asked for. */
const MOST = 30;

/** Follow a product back through the processes that made it and its inputs. */
export async function originOf(
  product: IProduct,
  ask: (process: number) => Promise<IProcessDetail>
): Promise<IOrigin> {
  const asked = new Map<number, Promise<IProcessDetail | null>>();
  const follow = async (one: IProduct, depth: number): Promise<IOrigin> => {
    const id = one.processId;
    if (id === null) {
      return { product: one, process: null, inputs: [], more: false };
    }
    if (depth === 0 || (asked.size >= MOST && !asked.has(id))) {
      return { product: one, process: null, inputs: [], more: true };
    }
    if (!asked.has(id)) {
      // a process that can't be seen is a gap in the picture, not the end of the page
      asked.set(id, depth === DEPTH ? ask(id) : ask(id).catch(() => null));
    }
    const process = await asked.get(id)!;
    const inputs = process?.inputs.filter(input => input.id !== one.id) ?? [];
    return {
      product: one,
      process,
      inputs: await Promise.all(inputs.map(input => follow(input, depth - 1))),
      more: process === null
    };
  };
  return follow(product, DEPTH);
}

export interface INode {
  readonly key: string;
  readonly product: IProduct | null;
  readonly process: IProcessDetail | null;
  /** From the left, and from the top. */
  readonly column: number;
  readonly row: number;
}

export interface IEdge {
  readonly from: INode;
  readonly to: INode;
}

export interface ILayout {
  readonly nodes: readonly INode[];
  readonly edges: readonly IEdge[];
  readonly columns: number;
  readonly rows: number;
}

/** Products and processes in columns, inputs to the left of what was made of them; each is there once. */
export function layOut(origin: IOrigin): ILayout {
  const depths = new Map<string, number>();
  const things = new Map<string, { product: IProduct | null; process: IProcessDetail | null }>();
  const links = new Map<string, [string, string]>();
  const link = (from: string, to: string) => links.set(`${from} ${to}`, [from, to]);
  const visit = ({ product, process, inputs }: IOrigin, depth: number) => {
    const key = `product:${product.id}`;
    things.set(key, { product, process: null });
    depths.set(key, Math.max(depth, depths.get(key) ?? 0));
    if (process === null) {
      return;
    }
    const own = `process:${process.id}`;
    things.set(own, { product: null, process });
    depths.set(own, Math.max(depth + 1, depths.get(own) ?? 0));
    link(own, key);
    for (const input of inputs) {
      link(`product:${input.product.id}`, own);
      visit(input, depth + 2);
    }
  };
  visit(origin, 0);

  const last = Math.max(...depths.values());
  const taken: number[] = [];
  const rows = Math.max(
    ...Array.from({ length: last + 1 }, (_, i) => [...depths.values()].filter(one => one === i).length)
  );
  const nodes = new Map<string, INode>();
  for (const [key, thing] of things) {
    const depth = depths.get(key)!;
    const beside = [...depths.values()].filter(one => one === depth).length;
    const row = taken[depth] ?? 0;
    taken[depth] = row + 1;
    nodes.set(key, { key, ...thing, column: last - depth, row: row + (rows - beside) / 2 });
  }
  const edges = [...links.values()].map(([from, to]) => ({ from: nodes.get(from)!, to: nodes.get(to)! }));
  return { nodes: [...nodes.values()], edges, columns: last + 1, rows };
}
