import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';

export interface ICopyProps {
  readonly trans: TranslationBundle;
  readonly label: string;
  /** What is copied, where the label doesn't say it. */
  readonly title?: string;
  readonly text: () => string;
  readonly disabled?: boolean;
}

/** A button that copies a text and says that it did. */
export function Copy({ trans, label, title, text, disabled = false }: ICopyProps): JSX.Element {
  const [said, setSaid] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    setSaid((await copyText(text())) ? trans.__('Copied') : trans.__('Could not copy'));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(null), 1500);
  };
  return (
    <button
      type="button"
      className="tsm-Button"
      title={title}
      aria-label={said === null ? title : undefined}
      disabled={disabled}
      onClick={() => void copy()}
    >
      {/* both in one place, so that the button keeps its width */}
      <span className="tsm-Copy">
        <span className={said === null ? '' : 'tsm-mod-away'}>{label}</span>
        <span className="tsm-Copy-said" role="status">
          {said}
        </span>
      </span>
    </button>
  );
}

/** Put a text on the clipboard; whether that worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** For pages without the clipboard interface: not served over https. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const done = document.execCommand?.('copy') ?? false;
  area.remove();
  return done;
}
