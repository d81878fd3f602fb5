import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { type ComponentType, useEffect, useRef } from 'react';

const MARKDOWN = 'text/markdown';

/** Markdown of others as JupyterLab shows it, sanitised; as plain text where it can't. */
export function markdownOf(registry: IRenderMimeRegistry | null): ComponentType<{ readonly text: string }> {
  if (registry === null) {
    return ({ text }) => <div className="tsm-ProductPage-plain">{text}</div>;
  }
  return function Markdown({ text }) {
    const host = useRef<HTMLDivElement>(null);
    useEffect(() => {
      const renderer = registry.createRenderer(MARKDOWN);
      Widget.attach(renderer, host.current!);
      void renderer.renderModel(registry.createModel({ data: { [MARKDOWN]: text }, trusted: false }));
      return () => {
        // the page may have been taken down as a whole, and this with it
        if (renderer.node.isConnected) {
          Widget.detach(renderer);
        }
        renderer.dispose();
      };
    }, [text]);
    return <div ref={host} className="tsm-ProductPage-markdown" />;
  };
}
