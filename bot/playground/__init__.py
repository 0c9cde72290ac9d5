"""The whole bot without Slack: an embedded workspace, its Web API, a page in the browser, and scripts.

workspace.py, model.py, storage.py    the workspace: messages, channels, files; kept in a folder
actions.py, payloads.py, transport.py what people do, as Slack tells an app of it
api/                                  Slack's Web API and Socket Mode, as strict as Slack
page/                                 the page
script.py, time_travel.py, run.py     typed lines; time that passes; `watchpoint playground`
"""
