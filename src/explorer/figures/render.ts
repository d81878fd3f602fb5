/** From a specification to a picture. Vega comes with JupyterLab, and only when a picture is asked for. */
import { Error as SILENT, parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import type { Spec } from './paper';

/** The picture as SVG text, with what is known of it inside. */
export async function toSvg(spec: Spec): Promise<string> {
  const view = await viewOf(spec);
  try {
    return withMetadata(await view.toSVG(), spec);
  } finally {
    view.finalize();
  }
}

/** The picture as a canvas, this many pixels to a point. */
export async function toCanvas(spec: Spec, scale: number): Promise<HTMLCanvasElement> {
  const view = await viewOf(spec);
  try {
    return await view.toCanvas(scale);
  } finally {
    view.finalize();
  }
}

async function viewOf(spec: Spec): Promise<View> {
  const compiled = compile(spec as unknown as Parameters<typeof compile>[0]).spec;
  // read as a tree: pages that forbid code made from text forbid nothing here
  const runtime = parse(compiled, undefined, { ast: true });
  const view = new View(runtime, { renderer: 'none', expr: expressionInterpreter } as object);
  view.logLevel(SILENT);
  return view.runAsync();
}

/** The facts of a figure as title, description and JSON metadata of its SVG. */
export function withMetadata(svg: string, spec: Spec): string {
  const title = (spec.title as { text?: string } | undefined)?.text ?? '';
  const description = String(spec.description ?? '');
  const facts = JSON.stringify(spec.usermeta ?? {});
  const inside =
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>` +
    `<metadata>${escaped(facts)}</metadata>`;
  return svg.replace(/<svg[^>]*>/, start => start + inside);
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, sign => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;'));
}
