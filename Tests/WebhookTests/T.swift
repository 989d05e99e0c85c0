import Webhook
