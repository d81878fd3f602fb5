/** A file to be: its name, and its bytes. */
export interface IFigureFile {
  readonly name: string;
  readonly blob: Blob;
}

/** Hand a file to the browser, which saves it among its downloads. */
export function download({ name, blob }: IFigureFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.style.display = 'none';
  document.body.append(link);
  link.click();
  link.remove();
  // some browsers read it only after the click has been dealt with
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
