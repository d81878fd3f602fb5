import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';

import type { IConfig } from '../api';
import { AccountDetails } from './accountDetails';
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
        {config.pzserver.kind === 'development' && (
          <span className="tsm-mod-muted"> · {trans.__('development')}</span>
        )}
        <span className="tsm-mod-muted"> · {tokenWords(config, trans)}</span>
      </button>
      {config.engine.state === 'starting' && (
        <p className="tsm-mod-muted" role="status">
          {trans.__('The engine is starting …')}
        </p>
      )}
      {config.pzserver.message && <p role="status">{config.pzserver.message}</p>}
      {(missing || open) && (
        <AccountDetails
          model={model}
          config={config}
          trans={trans}
          wrong={account.state === 'token' && account.wrong}
        />
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
