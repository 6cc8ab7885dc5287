curl -X POST '{{url}}/user/v1/account/login' \
  -H 'Content-Type: application/json' \
  -d '{"email": "{{email}}", "password": "{{password}}"}'
