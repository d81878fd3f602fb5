import { LabIcon } from '@jupyterlab/ui-components';

function icon(name: string, body: string): LabIcon {
  return new LabIcon({
    name: `pz-tsm:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">${body}</svg>`
  });
}

/** A redshift distribution, drawn as steps. */
export const tsmIcon = icon(
  'training-sets',
  '<path class="jp-icon3" fill="#616161" d="M3 20h18v2H3zM3 18v-4h3v4zM7 18V8h3v10zM11 18V3h3v15zM15 18v-8h3v8zM19 18v-3h2v3z"/>'
);

/** A table with a selection brushed in it. */
export const explorerIcon = icon(
  'explorer',
  '<path class="jp-icon3" fill="#616161" d="M3 3h2v16h16v2H3z"/>' +
    '<g class="jp-icon3" fill="#616161"><circle cx="8.5" cy="15.5" r="1.6"/><circle cx="11" cy="11" r="1.6"/>' +
    '<circle cx="14.5" cy="13" r="1.6"/><circle cx="15" cy="7.5" r="1.6"/><circle cx="19" cy="5" r="1.6"/></g>'
);

/** Steps, one after the other. */
export const recipeIcon = icon(
  'recipe',
  '<g class="jp-icon3" fill="#616161"><circle cx="5" cy="5" r="2.5"/><circle cx="5" cy="12" r="2.5"/><circle cx="5" cy="19" r="2.5"/>' +
    '<path d="M10 4h11v2H10zM10 11h11v2H10zM10 18h11v2H10z"/></g>'
);

export const jobIcon = icon(
  'job',
  '<path class="jp-icon3" fill="#616161" d="M2 9h20v6H2zm2 2v2h16v-2z"/><path class="jp-icon3" fill="#616161" d="M4 11h9v2H4z"/>'
);
