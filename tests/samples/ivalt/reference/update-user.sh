curl -i -X PUT \
  'https://api-docs.ivalt.com/_mock/products/admin-portal/admin_apis/organization/{orgId}/update/user/{userId}' \
  -H 'Content-Type: application/json' \
  -H 'x-api-key: YOUR_API_KEY_HERE' \
  -d '{
    "email": "bikramjeet@ivalt.com",
    "name": "Bikramjeet Singh",
    "verify_timeslots": "on",
    "timeslots": "[{\"timezone\":\"UTC\",\"start_time\":\"2023-05-08T09:39:00Z\",\"end_time\":\"2023-05-08T21:39:00Z\",\"status\":1,\"user_id\":32,\"org_id\":\"272\"}]"
  }'
