import type { TranslationBundle } from '@jupyterlab/translation';
import { type FormEvent, useState } from 'react';

import type { IConfig } from '../api';
import type { PanelModel } from './model';

export interface IAccountProps {
  readonly model: PanelModel;
  readonly trans: TranslationBundle;
}

/** Which server, who we are there, and what is missing. */
export function AccountLine({ model, trans }: IAccountProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { account } = model;
  if (account.state === 'asking') {
    return (
      <div className="tsm-Panel-account" role="status">
        <Dot kind="busy" /> {trans.__('Connecting …')}
      </div>
    );
  }
  if (account.state === 'away') {
    return (
      <div className="tsm-Panel-account tsm-mod-open" role="alert">
        <p>
          <Dot kind="bad" /> {account.message}
        </p>
        {account.remedy && <p className="tsm-mod-muted">{account.remedy}</p>}
        <Retry model={model} label={trans.__('Try again')} busy={trans.__('Trying …')} />
      </div>
    );
  }
  if (account.state === 'engine') {
    return (
      <div className="tsm-Panel-account tsm-mod-open" role="alert">
        <p>
          <Dot kind="bad" /> {trans.__('The engine is not running.')}
        </p>
        {account.message && <p className="tsm-mod-muted">{account.message}</p>}
        <Retry model={model} label={trans.__('Start the engine')} busy={trans.__('Starting …')} />
      </div>
    );
  }
  const { config } = account;
  const missing = account.state === 'token';
  return (
    <div className={`tsm-Panel-account${missing || open ? ' tsm-mod-open' : ''}`}>
      <button
        type="button"
        className="tsm-Panel-accountLine"
        aria-expanded={missing || open}
        title={config.pzserver.url}
        onClick={() => setOpen(!open)}
      >
        <Dot kind={missing ? 'warning' : 'good'} />
        <span className="tsm-Panel-server">{serverName(config)}</span>
        <span className="tsm-mod-muted"> · {tokenWords(config, trans)}</span>
      </button>
      {config.engine.state === 'starting' && (
        <p className="tsm-mod-muted" role="status">
          {trans.__('The engine is starting …')}
        </p>
      )}
      {open && !config.pzserver.configured && (
        <p className="tsm-mod-muted">
          {trans.__(
            'Catalogues are kept by the engine on this machine. To use a PZ Server, set TsmApp.pzserver_url in the configuration of the Jupyter server.'
          )}
        </p>
      )}
      {(missing || (open && config.pzserver.configured)) && (
        <TokenForm model={model} trans={trans} wrong={account.state === 'token' && account.wrong} />
      )}
    </div>
  );
}

function serverName(config: IConfig): string {
  return config.pzserver.name || config.pzserver.url;
}

function tokenWords(config: IConfig, trans: TranslationBundle): string {
  switch (config.pzserver.token) {
    case 'present':
      return config.pzserver.user || trans.__('signed in');
    case 'missing':
      return trans.__('no token');
    case 'wrong':
      return trans.__('token not accepted');
  }
}

interface ITokenFormProps extends IAccountProps {
  readonly wrong: boolean;
}

function TokenForm({ model, trans, wrong }: ITokenFormProps): JSX.Element {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(null);
    model
      .enterToken(token)
      .then(() => setToken(''))
      .catch((error: Error) => setRefusal(error.message))
      .finally(() => setBusy(false));
  };
  return (
    <form className="tsm-Panel-token" onSubmit={submit}>
      <label>
        {wrong
          ? trans.__('The server does not accept the stored token. Enter a new one:')
          : trans.__('API token (from the server’s web site, menu API Token):')}
        <input
          type="password"
          className="jp-mod-styled"
          autoComplete="off"
          spellCheck={false}
          value={token}
          onChange={event => setToken(event.target.value)}
        />
      </label>
      {refusal !== null && <p role="alert">{refusal}</p>}
      <div className="tsm-Panel-tokenButtons">
        <span className="tsm-mod-muted">{trans.__('Kept by the Jupyter server, never in the browser.')}</span>
        <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={busy || token.trim() === ''}>
          {busy ? trans.__('Checking …') : trans.__('Use it')}
        </button>
      </div>
    </form>
  );
}

interface IRetryProps {
  readonly model: PanelModel;
  readonly label: string;
  readonly busy: string;
}

function Retry({ model, label, busy }: IRetryProps): JSX.Element {
  const waiting = model.config.loading;
  return (
    <button
      type="button"
      className="jp-mod-styled jp-mod-accept"
      disabled={waiting}
      onClick={() => void model.refresh()}
    >
      {waiting ? busy : label}
    </button>
  );
}

function Dot({ kind }: { readonly kind: 'good' | 'warning' | 'bad' | 'busy' }): JSX.Element {
  return <span className={`tsm-Panel-dot tsm-mod-${kind}`} aria-hidden="true" />;
}
