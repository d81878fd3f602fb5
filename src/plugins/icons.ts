import { LabIcon } from '@jupyterlab/ui-components';

/** An icon in the colour of JupyterLab's own. */
function icon(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `pz-tsm:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="${path}"/></svg>`
  });
}

/** A redshift distribution, drawn as steps. */
export const tsmIcon = icon(
  'training-sets',
  'M3 20h18v2H3zM3 18v-4h3v4zM7 18V8h3v10zM11 18V3h3v15zM15 18v-8h3v8zM19 18v-3h2v3z'
);

/** A table with a selection brushed in it: axes and dots. */
export const explorerIcon = icon(
  'explorer',
  `M3 3h2v16h16v2H3z${['8.5 15.5', '11 11', '14.5 13', '15 7.5', '19 5']
    .map(place => `M${place}m-1.6 0a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0-3.2 0z`)
    .join('')}`
);

/** Steps, one after the other. */
export const recipeIcon = icon(
  'recipe',
  `${[5, 12, 19].map(y => `M2.5 ${y}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0z`).join('')}M10 4h11v2H10zM10 11h11v2H10zM10 18h11v2H10z`
);

/** A bar of progress. */
export const jobIcon = icon('job', 'M2 9h20v6H2zm2 2v2h16v-2zM4 11h9v2H4z');
