/** The attribute by which an element keeps keys from the application's shortcuts. */
const KEEPS = 'data-lm-suppress-shortcuts';

/**
 * Plain keys on a view's sliders, buttons and plots are the view's: a notebook would take arrows and Enter for its own
 * commands. Shortcuts with Ctrl, Alt or Meta, and Shift Enter, stay the application's. Call what it returns to end.
 */
export function keepKeys(element: HTMLElement): () => void {
  // the application listens at the document: at the window we are earlier
  const listen = (event: KeyboardEvent) => {
    const { target, key } = event;
    if (target instanceof HTMLElement || target instanceof SVGElement) {
      if (element.contains(target)) {
        const others = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && key === 'Enter');
        target.toggleAttribute(KEEPS, !others);
      }
    }
  };
  window.addEventListener('keydown', listen, true);
  return () => window.removeEventListener('keydown', listen, true);
}
