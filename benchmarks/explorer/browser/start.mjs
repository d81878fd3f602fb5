/** What JupyterLab's start asks of our extension before anything of it is used. */
export async function start(browser, config) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const files = {};
  page.on('response', response => {
    const path = new URL(response.url()).pathname;
    const at = path.indexOf('/extensions/pz-tsm/');
    if (at >= 0) {
      files[path.slice(at + '/extensions/pz-tsm/'.length)] = response.body().then(body => body.length);
    }
  });
  await page.goto(`${config.url}/lab?token=${config.token}&reset`);
  await page.waitForFunction(() => globalThis.jupyterapp?.restored !== undefined);
  await page.evaluate(() => globalThis.jupyterapp.restored);
  await page.waitForLoadState('networkidle');
  const bytes = {};
  for (const [name, length] of Object.entries(files)) {
    bytes[name] = await length;
  }
  await context.close();
  return { bytes };
}
